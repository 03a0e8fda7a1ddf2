"""What the columns of a file mean, as SQL expressions over `raw`.

Everything that comes from outside is a parameter; a column is named by its place. Each column is parsed once, in a
first layer, under a name of its own. Amounts are read as exact decimals of up to six digits after the point and
rounded once, per line total, half away from zero.
"""

from collections.abc import Iterator

from regulars.intake.reading.mapping import Mapping, Test
from regulars.intake.reading.tables import Source

# Up to 10^12 with six digits after the point fit 64 bits; wider decimals are fifty times slower.
DECIMAL = "DECIMAL(18, 6)"
MINOR_MAX = 10**12
QUANTITY_MAX = 10**9
DATED = r"^\d{4}-\d\d-\d\d"
ZONED = r"\d\d:\d\d.*(Z|UTC|[+-]\d\d(:?\d\d)?)$"


class Expressions:
    """One file's columns under one mapping. `digits`: those of the currency after the point."""

    def __init__(self, source: Source, mapping: Mapping, digits: int) -> None:
        self.source = source
        self.mapping = mapping
        self.digits = 0 if mapping.money == "minor" else digits
        self.values: dict[str, object] = {}
        self.parsed: dict[str, str] = {}

    def value(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def _parse(self, name: str, expression: str) -> str:
        self.parsed.setdefault(name, expression)
        return name

    def text(self, column: str | None) -> str:
        """Trimmed; NULL when empty. A whole number kept as a float loses its point."""
        if column is None:
            return "NULL"
        place, kind = self.source.places[column], self.source.kinds[column]
        name = f"text_{place}"
        if kind == "float":
            whole = (
                f"WHEN {place} = trunc({place}) AND abs({place}) < 1e15 THEN CAST(CAST({place} AS BIGINT) AS VARCHAR)"
            )
            return self._parse(name, f"CASE WHEN isnan({place}) THEN NULL {whole} ELSE CAST({place} AS VARCHAR) END")
        return self._parse(name, f"nullif(trim({place}), '')" if kind == "text" else f"CAST({place} AS VARCHAR)")

    def is_filled(self, column: str) -> str:
        place, kind = self.source.places[column], self.source.kinds[column]
        if kind == "float":
            return f"({place} IS NOT NULL AND NOT isnan({place}))"
        return f"({self.text(column) if kind == 'text' else place} IS NOT NULL)"

    def number(self, column: str) -> str:
        place = self.source.places[column]
        if f"number_{place}" in self.parsed:
            return f"number_{place}"
        if self.source.kinds[column] != "text":
            return self._parse(f"number_{place}", f"TRY_CAST({place} AS {DECIMAL})")
        return self._parse(f"number_{place}", self._number_in(self._figures(place)))

    def _figures(self, place: str) -> str:
        """An amount without what stands at it for its currency."""
        sign = self.mapping.currency_sign
        return f"trim(replace({place}, {self.value(sign)}, ''))" if sign else f"trim({place})"

    def _number_in(self, text: str) -> str:
        thousands, decimal = self.mapping.thousands, self.mapping.decimal
        digits = f"replace({text}, {self.value(thousands)}, '')" if thousands else text
        if decimal != ".":
            digits = f"replace({digits}, {self.value(decimal)}, '.')"
        return f"CASE WHEN {self._is_number(text)} THEN TRY_CAST({digits} AS {DECIMAL}) END"

    def _is_number(self, text: str) -> str:
        thousands, decimal = self.mapping.thousands, self.mapping.decimal
        pattern = rf"[+-]?\d+(\{decimal}\d+)?"
        if thousands:
            pattern += rf"|[+-]?\d{{1,3}}(\{thousands}\d{{3}})+(\{decimal}\d+)?"
        return f"regexp_full_match({text}, {self.value(pattern)})"

    def is_too_large(self, column: str) -> str:
        """Whether what is no number for us is one that we cannot hold."""
        place, kind = self.source.places[column], self.source.kinds[column]
        if kind != "text":
            return f"({self.number(column)} IS NULL AND abs(CAST({place} AS DOUBLE)) >= {MINOR_MAX})"
        return (
            f"({self.number(column)} IS NULL AND {self.is_filled(column)} AND {self._is_number(self._figures(place))})"
        )

    def local_time(self, column: str) -> str:
        """A time without an offset, in microseconds of the clock on the wall."""
        place, kind = self.source.places[column], self.source.kinds[column]
        name = f"local_{place}"
        if kind in ("time", "date"):
            return self._parse(name, f"epoch_us(CAST({place} AS TIMESTAMP))")
        if kind != "text" or self._format_has_offset():
            return self._parse(name, "CAST(NULL AS BIGINT)")
        if self.mapping.time_format:
            return self._parse(name, self._by_format(place))
        plain = f"regexp_matches(trim({place}), '{DATED}') AND NOT regexp_matches(trim({place}), '{ZONED}')"
        return self._parse(name, f"CASE WHEN {plain} THEN epoch_us(TRY_CAST(trim({place}) AS TIMESTAMP)) END")

    def instant(self, column: str) -> str:
        """A time that says its own offset, in microseconds."""
        place, kind = self.source.places[column], self.source.kinds[column]
        name = f"zoned_{place}"
        if kind == "instant":
            return self._parse(name, f"epoch_us({place})")
        if kind == "text" and self._format_has_offset():
            return self._parse(name, self._by_format(place))
        if kind != "text" or self.mapping.time_format:
            return self._parse(name, "CAST(NULL AS BIGINT)")
        zoned = f"regexp_matches(trim({place}), '{DATED}.*{ZONED}')"
        close = f"regexp_replace(regexp_replace(trim({place}), 'UTC$', 'Z'), ' +(Z|[+-]\\d\\d(:?\\d\\d)?)$', '\\1')"
        seconds = f"regexp_replace({close}, '([T ]\\d\\d:\\d\\d)(Z|[+-])', '\\1:00\\2')"
        colon = f"regexp_replace({seconds}, '([+-]\\d\\d)(\\d\\d)$', '\\1:\\2')"
        return self._parse(name, f"CASE WHEN {zoned} THEN epoch_us(TRY_CAST({colon} AS TIMESTAMPTZ)) END")

    def _format_has_offset(self) -> bool:
        return "%z" in self.mapping.time_format.lower()

    def _by_format(self, place: str) -> str:
        return f"epoch_us(try_strptime(trim({place}), {self.value(self.mapping.time_format)}))"

    def quantity(self) -> str:
        return self.number(self.mapping.columns.quantity) if self.mapping.columns.quantity else f"CAST(1 AS {DECIMAL})"

    def priced(self) -> str:
        """The column that says the money of a line: its total, else its unit price."""
        return self.mapping.columns.total or self.mapping.columns.unit_price or ""

    def exact_total(self) -> str:
        """The line's total in the currency's minor unit, before it is rounded; NULL when it is too large."""
        money = self.number(self.priced())
        bound = MINOR_MAX // 10**self.digits
        if not self.mapping.columns.total:
            wide = f"CAST({money} AS DECIMAL(20, 6)) * CAST({self.quantity()} AS DECIMAL(12, 0))"
            small = f"abs({self.quantity()}) <= {QUANTITY_MAX} AND abs({money}) < {bound}"
            money = f"CASE WHEN {small} THEN TRY_CAST({wide} AS {DECIMAL}) END"
        return f"CASE WHEN abs({money}) < {bound} THEN ({money}) * {10**self.digits} END"

    def is_rounded(self) -> str:
        """Whether the price or total has more digits than the currency."""
        priced = self.number(self.priced())
        return f"({priced} <> round({priced}, {self.digits}))"

    def discount(self) -> str:
        """What was taken off, however the file writes its sign."""
        parts = [f"coalesce(abs({self.number(column)}), 0)" for column in self.mapping.columns.discount]
        return f"CAST(round(least({' + '.join(parts) or '0'}, 1000000000) * {10**self.digits}, 0) AS BIGINT)"

    def given_back(self, column: str | None) -> str:
        """Money that came back, however the file writes its sign; NULL where the line says nothing. More than an order
        can be is as much as one can be."""
        if column is None:
            return "CAST(NULL AS BIGINT)"
        money, bound = self.number(column), MINOR_MAX // 10**self.digits
        minor = f"CAST(round(abs({money}) * {10**self.digits}, 0) AS BIGINT)"
        return f"CASE WHEN abs({money}) < {bound} THEN {minor} WHEN {money} IS NOT NULL THEN {MINOR_MAX} END"

    def units_back(self) -> str:
        column = self.mapping.columns.refunded_quantity
        return f"TRY_CAST(abs({self.number(column)}) AS BIGINT)" if column else "CAST(NULL AS BIGINT)"

    def codes(self) -> str:
        parts = [self.text(column) for column in self.mapping.columns.codes]
        return (
            f"list_filter([{', '.join(parts)}], lambda code: code IS NOT NULL)" if parts else "CAST(NULL AS VARCHAR[])"
        )

    def order(self) -> str:
        """Its number, or what stands for one; NULL where a part of that is missing."""
        return " || ' ' || ".join(self.text(column) for column in self.mapping.columns.numbered)

    def customer(self) -> str:
        """NULL for a guest."""
        text = self.text(self.mapping.columns.who)
        if not self.mapping.guests:
            return f"CAST({text} AS VARCHAR)"
        return f"CASE WHEN NOT list_contains({self.value(list(self.mapping.guests))}, {text}) THEN {text} END"

    def category(self) -> str:
        own = f"coalesce({self.text(self.mapping.columns.category)}, '')"
        cases = [f"WHEN {self.holds(rule.when)} THEN {self.value(rule.category)}" for rule in self.mapping.categories]
        return f"CASE {' '.join(cases)} ELSE {own} END" if cases else own

    def text_or(self, column: str | None, otherwise: str) -> str:
        return f"coalesce({self.text(column)}, {self.value(otherwise)})"

    def is_refund(self) -> str:
        refunds = self.mapping.refunds
        return " OR ".join(self.holds(way) for way in refunds.ways) if refunds else "false"

    def holds(self, when: dict[str, Test]) -> str:
        """Whether all tests of all columns hold; never NULL."""
        parts = [part for column, test in when.items() for part in self._tested(column, test)]
        return f"coalesce({' AND '.join(parts)}, false)"

    def _tested(self, column: str, test: Test) -> Iterator[str]:
        text = self.text(column)
        if test.one_of is not None:
            yield f"list_contains({self.value(list(test.one_of))}, {text})"
        if test.starts_with is not None:
            yield f"starts_with({text}, {self.value(test.starts_with)})"
        if test.above is not None:
            yield f"{self.number(column)} > CAST({self.value(test.above)} AS {DECIMAL})"
        if test.below is not None:
            yield f"{self.number(column)} < CAST({self.value(test.below)} AS {DECIMAL})"
        if test.empty is not None:
            yield f"({text} IS NULL) = {str(test.empty).lower()}"
