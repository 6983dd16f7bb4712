"""Placing students in groups: as few groups as possible, friends together.

Pure arithmetic, no ORM. All functions are deterministic: the same input in the same
order gives the same result.

*Units* are what should stay together: the students of one academic group who wait for
a place in one discipline. A unit is a pair (key, size); the key ``None`` marks people
without an academic group, who may be divided at will.

What is optimised by ``place``, in this order:

1. everybody gets a place, unless a group would stay below the minimum;
2. the number of new groups is the least possible, ``ceil((n - free) / maximum)``;
3. new groups have at least the minimum, which is possible whenever it is (``n`` is
   at least the number of new groups times the minimum);
4. units are divided as rarely as possible;
5. new groups are of similar size.

Point 4 is bin packing and NP-hard. Three ways are tried – best fit decreasing, worst
fit decreasing, filling one group after the other – and a short exact search; the best
outcome counts. The second point never suffers from it: units are divided instead.
Filling one after the other divides at most (number of groups - 1) times, so no result
is worse than that.
"""

from collections import namedtuple

#: An existing group: ``free`` places (None: any number), ``members`` keys of units
#: that already have somebody there.
Group = namedtuple("Group", "key free members")

#: ``existing``: {key of group: [(unit key, count)]}; ``new``: the same lists, one per
#: new group; ``unplaced``: [(unit key, count)].
Placement = namedtuple("Placement", "existing new unplaced")

# Steps of the exact search and the number of pieces up to which it is worth it.
_SEARCH_STEPS = 4000
_SEARCH_PIECES = 24


def groups_needed(count, free, maximum):
    """Return the fewest new groups for ``count`` people, ``free`` places being there.

    >>> groups_needed(61, 0, 30), groups_needed(61, 1, 30), groups_needed(5, 9, 30)
    (3, 2, 0)
    """
    missing = max(0, count - free)
    if not missing:
        return 0
    return -(-missing // maximum) if maximum else 1


def place(units, groups=(), minimum=0, maximum=0, exempt=False, keep_whole=False):
    """Place units in existing and new groups.

    :param units: pairs (key, size), sizes positive, keys different (but for None)
    :param groups: existing ``Group`` tuples; who is there already stays there
    :param int minimum: fewest people of a new group
    :param int maximum: most people of a new group; 0: no limit
    :param bool exempt: open new groups below the minimum too
    :param bool keep_whole: rather open one more group than divide a unit that fits
        into a group
    :rtype: Placement
    """
    units = [(key, size) for key, size in units if size > 0]
    total = sum(size for __, size in units)
    if not total:
        return Placement({}, [], [])
    minimum = min(minimum, maximum) if maximum else minimum
    free = sum(total if g.free is None else min(g.free, total) for g in groups)
    count = groups_needed(total, free, maximum)
    if keep_whole and maximum:
        count = max(count, _whole_count(units, groups, maximum))
        least = groups_needed(total, free, maximum)
        while count > least and not exempt and total < count * minimum:
            count -= 1
    if not exempt:
        while count and total < count * minimum:
            count -= 1
    room = free + count * (maximum or total)
    units, unplaced = _leave_out(units, total - room)
    if not units:
        return Placement({}, [], unplaced)
    bins = [
        _Bin(total if g.free is None else min(g.free, total), 0, g.members, g.key)
        for g in groups
    ]
    floor = 0 if exempt else minimum
    bins += [_Bin(maximum or total, floor, (), None) for __ in range(count)]
    best = None
    for strategy in (_best_fit, _worst_fit, _one_after_other, _search):
        loads = strategy(units, bins, maximum)
        if loads is None:
            continue
        _lift(loads, bins, units)
        score = _score(loads, bins, units)
        if best is None or score < best[0]:
            best = (score, loads)
        if score[:3] == (0, 0, 0) and strategy is not _best_fit:
            break
    loads = best[1]
    keys = [key for key, __ in units]
    parts = [
        [(keys[unit], number) for unit, number in sorted(load.items()) if number]
        for load in loads
    ]
    existing = {
        group.key: part
        for group, part in zip(groups, parts[: len(groups)], strict=True)
        if part
    }
    # The first academic groups make the first group.
    fresh = sorted(
        (
            (min(load), part)
            for load, part in zip(
                loads[len(groups) :], parts[len(groups) :], strict=True
            )
            if part
        ),
        key=lambda pair: pair[0],
    )
    return Placement(existing, [part for __, part in fresh], unplaced)


def pack(sizes, maximum, groups=(), minimum=0):
    """Join whole things into as few bins as best fit decreasing finds.

    For streams: class groups are never divided.

    :param sizes: pairs (key, size)
    :param int maximum: 0: no limit
    :param groups: existing ``Group`` tuples with their free places
    :param int minimum: a new bin below it, or of one thing, is not made
    :return: ``({existing key: [keys]}, [[keys of a new bin]], [keys left over])``
    """
    total = sum(size for __, size in sizes)
    room = {g.key: total if g.free is None else g.free for g in groups}
    existing, rest = {}, []
    ordered = sorted(enumerate(sizes), key=lambda item: (-item[1][1], item[0]))
    for position, (key, size) in ordered:
        fitting = [g for g, free in room.items() if free >= size]
        if fitting:
            target = min(fitting, key=lambda g: room[g])
            room[target] -= size
            existing.setdefault(target, []).append((position, key))
        else:
            rest.append((position, key, size))
    limit = maximum or total
    rest, too_large = (
        [item for item in rest if item[2] <= limit],
        [item for item in rest if item[2] > limit],
    )
    tight = []
    for item in rest:
        fitting = [b for b in tight if b[0] + item[2] <= limit]
        if fitting:
            target = max(fitting, key=lambda b: b[0])
        else:
            target = [0, []]
            tight.append(target)
        target[0] += item[2]
        target[1].append(item)
    bins = _even_bins(rest, len(tight), limit) or tight
    new, left = [], list(too_large)
    for load, items in bins:
        if len(items) > 1 and load >= minimum:
            new.append(sorted(items))
        else:
            left += items
    new.sort()
    return (
        {key: [name for __, name in sorted(pairs)] for key, pairs in existing.items()},
        [[item[1] for item in items] for items in new],
        [item[1] for item in sorted(left)],
    )


def quotas(total, placed, maximum):
    """Say how many newcomers each part of a group gets, the parts being even.

    :param int total: people of the group, those in a part included
    :param placed: list with the people already in each existing part; they stay
    :param int maximum: of a part; 0: no limit
    :return: list with the newcomers of each part, existing parts first; empty when
        the group needs no parts
    :rtype: list[int]

    >>> quotas(25, [], 15), quotas(14, [], 15), quotas(20, [9], 15)
    ([13, 12], [], [1, 10])
    """
    parts = max(groups_needed(total, 0, maximum), len(placed))
    if parts < 2 and not placed:
        return []
    loads = list(placed) + [0] * (parts - len(placed))
    start = list(loads)
    for __ in range(total - sum(loads)):
        target = min(range(parts), key=lambda index: (loads[index], index))
        loads[target] += 1
    return [after - before for after, before in zip(loads, start, strict=True)]


class _Bin:
    """A group while it is filled: places, floor, who is there, key if it exists."""

    __slots__ = ("capacity", "floor", "key", "members")

    def __init__(self, capacity, floor, members, key):
        self.capacity = capacity
        self.floor = floor
        self.members = frozenset(members)
        self.key = key


def _whole_count(units, groups, maximum):
    """Return how many new groups best fit decreasing opens for undivided units."""
    total = sum(size for __, size in units)
    room = [total if g.free is None else g.free for g in groups]
    opened = 0
    for size in sorted((s for __, s in _pieces(units, maximum)), reverse=True):
        fitting = [index for index, free in enumerate(room) if free >= size]
        if fitting:
            room[min(fitting, key=lambda index: room[index])] -= size
        else:
            room.append(maximum - size)
            opened += 1
    return opened


def _leave_out(units, surplus):
    """Take ``surplus`` people out, of as few and as small units as possible.

    :return: the units that remain, and pairs (key, number) left out
    """
    if surplus <= 0:
        return units, []
    sizes = [size for __, size in units]
    left = {}
    order = sorted(
        range(len(units)), key=lambda i: (units[i][0] is not None, sizes[i], -i)
    )
    for index in order:
        if not surplus:
            break
        number = min(surplus, sizes[index])
        sizes[index] -= number
        surplus -= number
        left[index] = number
    return (
        [(units[i][0], size) for i, size in enumerate(sizes) if size],
        [(units[i][0], left[i]) for i in sorted(left)],
    )


def _pieces(units, maximum):
    """Cut units that fit into no group; return pairs (index of unit, size)."""
    pieces = []
    for index, (__, size) in enumerate(units):
        while maximum and size > maximum:
            pieces.append((index, maximum))
            size -= maximum
        if size:
            pieces.append((index, size))
    return pieces


def _split_pieces(units, maximum):
    """Return the pieces of units with a key, largest first, and the loose ones."""
    pieces = _pieces(units, maximum)
    firm = [p for p in pieces if units[p[0]][0] is not None]
    loose = [p for p in pieces if units[p[0]][0] is None]
    firm.sort(key=lambda piece: (-piece[1], piece[0]))
    return firm, loose


def _fit(units, bins, maximum, choose):
    """Put pieces whole where ``choose`` says; divide what does not fit."""
    firm, loose = _split_pieces(units, maximum)
    room = [b.capacity for b in bins]
    loads = [{} for __ in bins]

    def put(target, unit, number):
        room[target] -= number
        loads[target][unit] = loads[target].get(unit, 0) + number

    remaining = []
    for unit, size in firm:
        key = units[unit][0]
        friends = [
            i for i, b in enumerate(bins) if key in b.members and room[i] >= size
        ]
        if friends:
            put(friends[0], unit, size)
        else:
            remaining.append((unit, size))
    left = []
    for unit, size in remaining:
        fitting = [i for i, free in enumerate(room) if free >= size]
        if fitting:
            put(choose(fitting, room, bins), unit, size)
        else:
            left.append((unit, size))
    _spread(left, bins, room, loads, put)
    _pour(loose, bins, room, loads, put)
    return loads


def _spread(pieces, bins, room, loads, put):
    """Divide pieces over the largest rooms, where possible beside their own kind."""
    for unit, size in pieces:
        while size:
            target = max(
                range(len(bins)), key=lambda i: (min(room[i], size), unit in loads[i])
            )
            number = min(size, room[target])
            put(target, unit, number)
            size -= number


def _pour(pieces, bins, room, loads, put):
    """Give people without a group to the bins that need them, evenly."""
    for unit, size in pieces:
        while size:
            short = [
                i
                for i, b in enumerate(bins)
                if room[i] and b.capacity - room[i] < b.floor
            ]
            open_bins = [i for i, free in enumerate(room) if free]
            target = (
                min(short, key=lambda i: bins[i].capacity - room[i])
                if short
                else max(open_bins, key=lambda i: room[i])
            )
            number = 1
            if short:
                taken = bins[target].capacity - room[target]
                number = max(1, bins[target].floor - taken)
            elif len(open_bins) == 1:
                number = room[target]
            number = min(number, size, room[target])
            put(target, unit, number)
            size -= number


def _best_fit(units, bins, maximum):
    return _fit(
        units,
        bins,
        maximum,
        lambda fitting, room, __: min(fitting, key=lambda i: room[i]),
    )


def _worst_fit(units, bins, maximum):
    """Even groups: existing ones are filled first, then the emptiest new one."""
    return _fit(
        units,
        bins,
        maximum,
        lambda fitting, room, bins: max(
            fitting, key=lambda i: (bins[i].key is not None, room[i])
        ),
    )


def _one_after_other(units, bins, maximum):
    """Fill the bins in order, dividing at the borders: at most bins - 1 cuts.

    New groups get equal shares.
    """
    total = sum(size for __, size in units)
    shares, rest = [], total
    fresh = sum(1 for b in bins if b.key is None)
    for b in bins:
        if b.key is not None:
            # What must remain for the floors of the new groups.
            reserve = sum(o.floor for o in bins if o.key is None)
            shares.append(max(0, min(b.capacity, rest - reserve)))
            rest -= shares[-1]
        else:
            shares.append(-(-rest // fresh))
            rest -= shares[-1]
            fresh -= 1
    loads = [{} for __ in bins]
    order = sorted(range(len(units)), key=lambda i: (units[i][0] is None, i))
    target = 0
    for unit in order:
        size = units[unit][1]
        while size:
            while target < len(bins) and not shares[target]:
                target += 1
            if target == len(bins):
                return None
            number = min(size, shares[target])
            loads[target][unit] = loads[target].get(unit, 0) + number
            shares[target] -= number
            size -= number
    return loads


def _search(units, bins, maximum):
    """Look for a packing without cuts, floors kept, within a few thousand steps."""
    firm, loose = _split_pieces(units, maximum)
    if len(firm) > _SEARCH_PIECES or not firm:
        return None
    room = [b.capacity for b in bins]
    where = []
    steps = [_SEARCH_STEPS]
    spare = sum(room) - sum(size for __, size in firm) - sum(s for __, s in loose)
    poured = sum(size for __, size in loose)

    def short():
        return sum(
            max(0, b.floor - (b.capacity - free))
            for b, free in zip(bins, room, strict=True)
        )

    def descend(position):
        steps[0] -= 1
        if steps[0] < 0 or spare < 0:
            return False
        if position == len(firm):
            return short() <= poured
        size = firm[position][1]
        seen = set()
        for index in sorted(range(len(bins)), key=lambda i: room[i]):
            mark = (room[index], bins[index].floor, bins[index].key is None)
            if room[index] < size or mark in seen:
                continue
            seen.add(mark)
            room[index] -= size
            where.append(index)
            if descend(position + 1):
                return True
            where.pop()
            room[index] += size
        return False

    if not descend(0):
        return None
    loads = [{} for __ in bins]
    for (unit, size), index in zip(firm, where, strict=True):
        loads[index][unit] = loads[index].get(unit, 0) + size

    def put(target, unit, number):
        room[target] -= number
        loads[target][unit] = loads[target].get(unit, 0) + number

    _pour(loose, bins, room, loads, put)
    return loads


def _lift(loads, bins, units):
    """Move people into bins below their floor, whole units where that is enough."""
    sums = [sum(load.values()) for load in loads]

    def move(source, target, unit, number):
        for index, sign in ((source, -1), (target, 1)):
            loads[index][unit] = loads[index].get(unit, 0) + sign * number
            sums[index] += sign * number
        if not loads[source][unit]:
            del loads[source][unit]

    for target, b in enumerate(bins):
        while sums[target] < b.floor:
            need = b.floor - sums[target]
            spare = {
                i: sums[i] - bins[i].floor
                for i in range(len(bins))
                if i != target and sums[i] > bins[i].floor
            }
            if not spare:
                break
            whole = [
                (number, unit not in loads[target], source, unit)
                for source, surplus in spare.items()
                for unit, number in loads[source].items()
                if need <= number <= min(surplus, b.capacity - sums[target])
            ]
            if whole:
                number, __, source, unit = min(whole)
            else:
                parts = _parts(loads)
                __, __, __, unit, source = min(
                    (
                        unit not in loads[target] and units[unit][0] is not None,
                        parts[unit] == 1 and units[unit][0] is not None,
                        -min(number, surplus),
                        unit,
                        source,
                    )
                    for source, surplus in spare.items()
                    for unit, number in loads[source].items()
                )
                number = min(need, spare[source], loads[source][unit])
            move(source, target, unit, number)


def _parts(loads):
    parts = {}
    for load in loads:
        for unit, number in load.items():
            if number:
                parts[unit] = parts.get(unit, 0) + 1
    return parts


def _score(loads, bins, units):
    """Return what is to be small: shortage, cuts, units cut, strangers, unevenness."""
    sums = [sum(load.values()) for load in loads]
    short = sum(max(0, b.floor - load) for b, load in zip(bins, sums, strict=True))
    parts = {
        unit: number
        for unit, number in _parts(loads).items()
        if units[unit][0] is not None
    }
    cuts = sum(number - 1 for number in parts.values())
    cut_units = sum(1 for number in parts.values() if number > 1)
    fresh = [load for b, load in zip(bins, sums, strict=True) if b.key is None]
    spread = max(fresh) - min(fresh) if fresh else 0
    return (short, cuts, cut_units, spread)


def _even_bins(items, count, limit):
    """Put the largest first into the emptiest of ``count`` bins, if all fit."""
    bins = [[0, []] for __ in range(count)]
    for item in items:
        target = min(bins, key=lambda b: b[0])
        if target[0] + item[2] > limit:
            return None
        target[0] += item[2]
        target[1].append(item)
    return bins
