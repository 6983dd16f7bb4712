"""Reading of the tables that people send, without the ORM.

``tables`` turns bytes of XLSX and CSV into rows; ``columns`` knows the fields of each
kind of import and finds them by their headings; ``cells`` turns a cell into a value;
``curriculum`` and ``students`` turn rows into checked structures; ``issues`` carries
what is wrong, by row and column, as a code with parameters, so that the caller says
it in the language of the reader.
"""
