"""What names a person by the look of it: addresses of e-mail, numbers of phones, accounts, cards and persons."""

from __future__ import annotations

import re

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,62})\.)+[a-z]{2,24}(?![\w-])", re.IGNORECASE
)
_PHONES = (
    re.compile(r"(?<![\w+.,-])(?!00[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9-]))(?:\+|00)[1-9][0-9]{0,2}[ -]?\(?[0-9]{1,4}\)?(?:[ -]?[0-9]{2,4}){2,4}(?![\w-])"),
    re.compile(r"(?<![\w.,-])\([0-9]{3}\) ?[0-9]{3}-[0-9]{4}(?![\w-])"),
    re.compile(r"(?<![\w.,-])[0-9]{3}-[0-9]{3}-[0-9]{4}(?![\w-])"),
)
# what begins with a class of letters is searched three to five times as fast as what begins with a look back
_ACCOUNT = re.compile(r"[A-Z](?<![\w+/=-][A-Z])[A-Z][0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w+/=-])")
_CARD = re.compile(r"[3-6](?<![\w.,+/-][3-6])[0-9]{3}([ -]?)[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?![\w/-]|[.,][0-9]|\1[0-9])")
_PERSON = re.compile(r"(?<![\w.,+/-])(?!000|666|9[0-9]{2})[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![\w/-]|[.,][0-9])")
_SIGNS = {
    _EMAIL: (re.compile(r"@(?<=[\w.+-]@)[a-z0-9]", re.IGNORECASE),),
    _PHONES[0]: (re.compile(r"\+(?<![\w+.,-]\+)[1-9]"), re.compile(r"00(?<![\w+.,-]00)[1-9]")),
    _PHONES[1]: (re.compile(r"\([0-9]{3}\)"),),
    _PHONES[2]: (re.compile(r"-(?<=[0-9]-)[0-9]{3}-[0-9]{4}"),),
    _PERSON: (re.compile(r"-(?<=[0-9]-)[0-9]{2}-[0-9]{4}"),),
}
"""What each holds one of in any case, and is found many times as fast because it begins with certain letters."""
_FEWEST_DIGITS, _MOST_DIGITS = 8, 15
_LETTER_FROM = 55  # A is 10 in the check of an account's number
_ACCOUNT_LEAST, _ACCOUNT_MOST = 15, 34


def _is_phone(text: str) -> bool:
    return _FEWEST_DIGITS <= sum(c.isdigit() for c in text) <= _MOST_DIGITS


def _is_account(text: str) -> bool:
    """An IBAN whose check digits fit (ISO 13616: the rest of dividing by 97 is 1)."""
    plain = text.replace(" ", "")
    if not _ACCOUNT_LEAST <= len(plain) <= _ACCOUNT_MOST:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(c if c.isdigit() else str(ord(c) - _LETTER_FROM) for c in turned)) % 97 == 1


def _is_card(text: str) -> bool:
    """A payment card's number whose check digit fits (ISO/IEC 7812-1, Luhn)."""
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _always(text: str) -> bool:
    return True


_KINDS = (
    ("e-mail address", (_EMAIL,), _always),
    ("phone number", _PHONES, _is_phone),
    ("bank account number", (_ACCOUNT,), _is_account),
    ("card number", (_CARD,), _is_card),
    ("social security number", (_PERSON,), _always),
)


def holds_identifiers(text: str) -> tuple[str, ...]:
    """The kinds of identifiers that a text holds by their look, such as ``e-mail address``."""
    return tuple(
        kind
        for kind, patterns, fits in _KINDS
        if any(fits(m.group()) for pattern in patterns if _may_hold(text, pattern) for m in pattern.finditer(text))
    )


def _may_hold(text: str, pattern: re.Pattern) -> bool:
    signs = _SIGNS.get(pattern)
    return signs is None or any(sign.search(text) for sign in signs)


def blotted(text: str) -> str:
    """The text with its kind in the place of each identifier: ``(e-mail address)``."""
    before = None
    while text != before:  # what stood right behind one may only now look like another
        before = text
        for kind, patterns, fits in _KINDS:
            for pattern in patterns:
                text = pattern.sub(lambda m, k=kind, f=fits: f"({k})" if f(m.group()) else m.group(), text)
    return text
