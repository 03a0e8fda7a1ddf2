"""What people write into forms, read."""

import pytest

from regulars.console.asking import Form


@pytest.mark.parametrize(("said", "read"), [("7", 7), ("1,000", 1000), ("0" * 30 + "7", 7)])
def test_a_whole_number_is_read_whole(said: str, read: int) -> None:
    form = Form({"quantity": said})
    assert form.whole("quantity", 1, 1000) == read
    assert form.faults == {}


@pytest.mark.parametrize("said", ["", "0", "1001", "7.5", "-7", "９", "0" * 17 + "7" + "0" * 9])
def test_what_is_no_whole_number_within_its_bounds_is_said(said: str) -> None:
    form = Form({"quantity": said})
    assert form.whole("quantity", 1, 1000) == 1
    assert "quantity" in form.faults
