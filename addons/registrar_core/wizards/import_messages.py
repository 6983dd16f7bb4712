"""What an import says, in words: code of an issue → (what is wrong, how to mend it)."""


def issue_texts(env):
    """Return {code: (message, hint)} in the language of ``env``.

    The texts are filled in with ``%`` and the parameters of the issue.
    """
    return {
        **_file_texts(env),
        **_cell_texts(env),
        **_iin_texts(env),
        **_curriculum_texts(env),
        **_student_texts(env),
    }


def _file_texts(env):
    return {
        "empty_file": (env._("The file is empty."), ""),
        "file_too_large": (
            env._("The file is larger than %(limit)s MB."),
            env._("Split it, or remove pictures and unused sheets."),
        ),
        "unfolds_too_far": (
            env._("The file unfolds to an unreasonable size and is not read."),
            env._("Copy the table into a new workbook and save it as XLSX."),
        ),
        "broken_file": (
            env._("The file is damaged and cannot be read."),
            env._("Open it in a spreadsheet program and save it again as XLSX."),
        ),
        "encrypted": (
            env._("The file is protected by a password."),
            env._("Save it without a password."),
        ),
        "old_excel": (
            env._("The file is in the old XLS format or protected by a password."),
            env._("Save it as XLSX without a password."),
        ),
        "open_document": (
            env._("The file is an OpenDocument spreadsheet."),
            env._("Save it as XLSX or CSV."),
        ),
        "wrong_type": (
            env._("The file is not a table."),
            env._("XLSX and CSV files can be imported."),
        ),
        "wrong_encoding": (
            env._("The text of the file is not valid %(encoding)s."),
            env._("Save the file as CSV UTF-8."),
        ),
        "lost_letters": (
            env._("Some letters of the file were lost when it was saved."),
            env._("Save it again as CSV UTF-8 or as XLSX."),
        ),
        "encoding_cp1251": (
            env._("The file is in the old encoding Windows-1251."),
            env._("Kazakh letters cannot be kept in it: check the names."),
        ),
        "broken_csv": (
            env._("Row %(row)s of the CSV file cannot be read (%(reason)s)."),
            env._("Probably a quotation mark is not closed."),
        ),
        "no_sheet": (env._("The workbook has no visible sheet."), ""),
        "sheet_missing": (
            env._("The workbook has no sheet “%(sheet)s”."),
            env._("Its sheets: %(sheets)s."),
        ),
        "no_rows": (env._("The table has no rows to import."), ""),
        "no_header": (
            env._("No row with known headings was found."),
            env._("Headings such as: %(example)s. Or choose a saved mapping."),
        ),
        "too_many_rows": (
            env._("The table has more than %(limit)s rows."),
            env._("Split the file."),
        ),
        "too_many_columns": (
            env._("The table has more than %(limit)s columns."),
            env._("Remove the columns that are not needed."),
        ),
        "column_missing": (
            env._("The column “%(field)s” is missing."),
            env._("Add it, or say which column of the file it is."),
        ),
        "columns_unused": (
            env._("These columns are not imported: %(columns)s."),
            "",
        ),
        "formulas": (
            env._("%(count)s cells hold formulas; their last values are taken."),
            "",
        ),
        "row_skipped": (env._("The row is a title or a total and is left out."), ""),
        "example_skipped": (
            env._("The row is the example of the template and is left out."),
            "",
        ),
    }


def _cell_texts(env):
    return {
        "required": (
            env._("“%(field)s” is empty."),
            env._("Fill in the cell."),
        ),
        "cell_error": (
            env._("The cell holds an error of the spreadsheet."),
            env._("Correct the formula, or write the value."),
        ),
        "formula_without_value": (
            env._("The cell holds a formula without a computed value."),
            env._(
                "Open the file in a spreadsheet program and save it, or write values."
            ),
        ),
        "not_a_number": (env._("This is not a number."), env._("Write digits only.")),
        "number_is_date": (
            env._("A date stands where a number is expected."),
            env._("Set the format of the cell to “number”."),
        ),
        "negative_number": (
            env._("The number is negative."),
            env._("Write a number from 0."),
        ),
        "not_whole": (
            env._("The number is not whole."),
            env._("Write a whole number."),
        ),
        "not_a_flag": (
            env._("Neither yes nor no."),
            env._("Write “yes” or “no”, or leave the cell empty."),
        ),
        "not_a_date": (
            env._("This is not a date."),
            env._("Write it as DD.MM.YYYY."),
        ),
        "no_such_date": (
            env._("There is no such day in the calendar."),
            env._("Write the date as DD.MM.YYYY."),
        ),
        "date_serial": (
            env._("The number was taken as the day %(date)s of a spreadsheet."),
            "",
        ),
        "date_american": (
            env._("The month stands before the day; taken as %(date)s."),
            env._("Check the date."),
        ),
        "date_short_year": (
            env._("The year has two digits; taken as %(date)s."),
            env._("Check the date."),
        ),
        "unknown_value": (
            env._("This value of “%(field)s” is not known."),
            env._("Known: %(known)s. Other words can be added to the mapping."),
        ),
        "not_found": (
            env._("The value is not in the register."),
            env._("Correct it, or add it to the register first."),
        ),
        "hidden_signs": (env._("Hidden signs were removed."), ""),
        "letters_repaired": (
            env._("Letters of the other alphabet were replaced: “%(after)s”."),
            "",
        ),
        "signs_repaired": (
            env._("Quotation marks, dashes or brackets were put right: “%(after)s”."),
            "",
        ),
        "mixed_letters": (
            env._("Cyrillic and Latin letters stand in one word."),
            env._("Write the word in one alphabet."),
        ),
    }


def _iin_texts(env):
    mend = env._("Compare with the identity document.")
    return {
        "iin_length": (env._("An IIN has exactly 12 digits."), mend),
        "iin_digits": (env._("An IIN consists of digits only."), mend),
        "iin_century": (env._("The seventh digit of the IIN must be 0 to 6."), mend),
        "iin_date": (
            env._("The first six digits of the IIN are not a date of birth."),
            mend,
        ),
        "iin_no_check_digit": (env._("Such an IIN is never issued."), mend),
        "iin_check_digit": (
            env._("The last (check) digit of the IIN does not agree."),
            mend,
        ),
        "iin_rounded": (
            env._("The spreadsheet has rounded the IIN."),
            env._("Set the format of the column to “text” and write the IIN again."),
        ),
        "iin_cleaned": (env._("Spaces and dashes were removed: %(after)s."), ""),
        "iin_zeros": (
            env._("Leading zeros were put back: %(after)s."),
            env._("Set the format of the column to “text”."),
        ),
        "iin_missing": (
            env._("There is no IIN."),
            env._("Add it when it is known."),
        ),
        "iin_birth_date_mismatch": (
            env._("The birth date differs from the IIN."),
            mend,
        ),
        "iin_century_mismatch": (
            env._("The century of birth differs from the IIN."),
            mend,
        ),
        "iin_gender_mismatch": (env._("The sex differs from the IIN."), mend),
        "iin_foreigner_number": (
            env._("A citizen with the IIN of a foreigner."),
            mend,
        ),
        "iin_birth_date_future": (
            env._("By the IIN the person is not born yet."),
            mend,
        ),
    }


def _curriculum_texts(env):
    return {
        "bad_credits": (
            env._("Credits must be more than 0, with one decimal at most."),
            env._("Correct the number of credits."),
        ),
        "bad_choose": (
            env._("So many cannot be chosen of %(options)s disciplines."),
            env._("Correct how many are chosen, or add the options."),
        ),
        "slot_differs": (
            env._("The value differs from row %(row)s of the same position."),
            env._("All rows of a position repeat it, or leave it empty."),
        ),
        "terms_unclear": (
            env._("The terms cannot be understood."),
            env._("Write term:credits, several joined by |, e.g. 1:5|2:5."),
        ),
        "terms_is_date": (
            env._("The spreadsheet took the terms for a date."),
            env._("Set the format of the column to “text” and write e.g. 1:5|2:5."),
        ),
        "term_twice": (env._("A term is named twice."), env._("Name each term once.")),
        "term_too_late": (
            env._("There is no such term; the last possible one is %(last)s."),
            env._("Number the terms from the beginning of the studies."),
        ),
        "terms_sum": (
            env._(
                "The credits of the terms add up to %(total)s, the discipline has "
                "%(credits)s."
            ),
            env._("Correct the credits or the terms."),
        ),
        "control_term": (
            env._(
                "The term of control is not one of its terms (%(terms)s); term "
                "%(taken)s is taken."
            ),
            env._("Check the terms and the term of control."),
        ),
        "hours_norm": (
            env._("%(hours)s hours instead of %(expected)s (%(norm)s per credit)."),
            env._("The curriculum cannot be approved like that."),
        ),
        "hours_sum": (
            env._("The hours by kind add up to %(kinds)s, not to %(hours)s."),
            env._("The curriculum cannot be approved like that."),
        ),
        "practice_as_thesis": (
            env._("A practice with the form of control of a thesis."),
            env._("Check the form of control."),
        ),
        "module_differs": (
            env._("Module %(number)s is called “%(kept)s” above; that name is kept."),
            env._("Check the name of the module."),
        ),
        "module_without_name": (
            env._("Module %(number)s has no name."),
            env._("Add the name of the module."),
        ),
        "module_one_language": (
            env._("Module %(number)s has its name in one language only."),
            env._("Add the name in the other language."),
        ),
        "name_missing": (
            env._("The name in English is missing."),
            env._("It is needed for transcripts in English."),
        ),
        "names_shifted": (
            env._("The Russian name equals the English one: shifted by a language?"),
            env._("Check the names in all three languages."),
        ),
        "not_russian": (
            env._("The Russian name is not in Cyrillic letters."),
            env._("Check the name."),
        ),
        "not_kazakh": (
            env._("The Kazakh name is not in Cyrillic letters."),
            env._("Check the name."),
        ),
        "not_english": (
            env._("Cyrillic letters in the English name."),
            env._("Check the name."),
        ),
        "kazakh_in_russian": (
            env._("Kazakh letters in the Russian name."),
            env._("Check whether the languages are mixed up."),
        ),
        "cyrillic_code": (
            env._("The code has Cyrillic letters."),
            env._("Codes are written in Latin letters."),
        ),
        "option_twice": (
            env._(
                "The discipline already is an option of this position (row %(row)s)."
            ),
            env._("Remove one of the rows, or correct the code."),
        ),
        "defaults": (
            env._(
                "%(defaults)s options are marked as default, %(choose)s are chosen; "
                "the first ones are taken."
            ),
            env._("Mark as many options as are chosen."),
        ),
        "position_code_twice": (
            env._("The code of position %(slot)s occurs again."),
            env._("The positions are told apart by their numbers."),
        ),
        "code_of_another": (
            env._(
                "The code already belongs to “%(other)s” (row %(row)s); this one "
                "becomes “%(becomes)s”."
            ),
            env._("Give the discipline a code of its own."),
        ),
        "discipline_twice": (
            env._("The discipline already stands in the same term (row %(row)s)."),
            env._("Correct the code or the term."),
        ),
        "discipline_again": (
            env._("The discipline already stands at another position (row %(row)s)."),
            env._("Write all its terms at one position."),
        ),
        "coded_year": (
            env._(
                "The code names year %(year)s, but term %(term)s belongs to year "
                "%(taught)s."
            ),
            env._("Check the term or the code."),
        ),
        "head_programme": (
            env._("The programme is not chosen, or is not known."),
            env._("Choose it, or enter a new one."),
        ),
        "head_new_programme": (
            env._(
                "A new programme needs a code, Kazakh and Russian names, a department."
            ),
            env._("Fill them in."),
        ),
        "head_year": (
            env._("The year of admission is not chosen, or is not known."),
            env._("Choose it, or enter it in the calendar."),
        ),
        "curriculum_approved": (
            env._(
                "The curriculum “%(name)s” is approved and differs from the file; it "
                "cannot be changed."
            ),
            env._("Create a new version of it."),
        ),
        "version_missing": (
            env._("There is no version %(version)s; the next one is %(next)s."),
            env._("Leave the version out, or take the next one."),
        ),
        "credits_total": (
            env._(
                "The curriculum has %(total)s credits, the programme needs "
                "%(required)s."
            ),
            env._("The curriculum cannot be approved like that."),
        ),
        "terms_of_duration": (
            env._("Term %(term)s is beyond the duration of %(years)s years."),
            env._("Check the duration and the terms."),
        ),
        "lines_removed": (
            env._("The file lacks %(count)s lines of the curriculum: %(lines)s."),
            env._("They are removed from the draft."),
        ),
        "discipline_of_another": (
            env._(
                "The code belongs to another discipline, “%(other)s”; this one gets "
                "the code “%(becomes)s”."
            ),
            env._("Give the discipline a code of its own."),
        ),
        "discipline_name_kept": (
            env._("The register has the name “%(kept)s”, which is kept."),
            env._("Other curricula use it; correct the register if it is wrong."),
        ),
    }


def _student_texts(env):
    return {
        "not_a_name": (
            env._("A name has letters, hyphens and apostrophes only."),
            env._("Write it as in the identity document."),
        ),
        "full_name_parts": (
            env._("The last name and the first name cannot be told apart."),
            env._("Write last name, first name and patronymic, with spaces."),
        ),
        "name_case": (env._("Written as “%(after)s”."), ""),
        "bad_email": (
            env._("This is not an e-mail address."),
            env._("Write one address, e.g. name@example.com."),
        ),
        "category_not_found": (
            env._("There is no social category “%(part)s”."),
            env._("Write its code or its name; several are joined by semicolons."),
        ),
        "born_later": (
            env._("The birth date is in the future."),
            env._("Correct the date."),
        ),
        "odd_age": (
            env._("The person is %(age)s years old."),
            env._("Check the birth date."),
        ),
        "row_twice": (
            env._("The person already stands in row %(row)s."),
            env._("Remove one of the rows."),
        ),
        "namesake_in_file": (
            env._("A person of the same name and birth date stands in row %(row)s."),
            env._("Check that they are two people."),
        ),
        "namesake": (
            env._("There already is %(name)s with the same birth date (%(other)s)."),
            env._("Check that they are two people."),
        ),
        "bare_namesake": (
            env._("There already is %(name)s (%(other)s); a new person is entered."),
            env._("Add the IIN or the birth date to tell whether it is the same."),
        ),
        "ambiguous": (
            env._("Several people of the register fit: %(others)s."),
            env._("Add the IIN or the student number."),
        ),
        "keys_differ": (
            env._("The IIN belongs to %(first)s, the student number to %(second)s."),
            env._("Correct one of them."),
        ),
        "number_taken": (
            env._("The student number belongs to %(name)s with another IIN."),
            env._("Correct the number or the IIN."),
        ),
        "same_record": (
            env._("The row concerns the same person of the register as row %(row)s."),
            env._("Remove one of the rows, or correct the keys."),
        ),
        "person_renamed": (
            env._("The person is called %(name)s in the register."),
            env._("Check that it is the same person."),
        ),
        "archived": (
            env._("%(name)s is archived in the register."),
            env._("Restore the record if the person studies again."),
        ),
        "proposed_kept": (
            env._("Not stored by the import, given by an order: %(columns)s."),
            env._("Use the order of admission."),
        ),
    }
