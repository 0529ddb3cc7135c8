"""The result of each call of a client: a line with the client, the call, and "works" or why not."""

import sys


class Report:
    def __init__(self, client, reasons):
        self.client = client
        self.reasons = reasons
        self.failed = False

    def call(self, name, action):
        """Calls, and returns the result; None if the call failed."""
        reason = self.reasons.get(name)
        try:
            result = action()
        except Exception as error:  # every failure of a client is one of the call
            text = " ".join(str(error).split())[:300]
            if reason is None:
                self.failed = True
                print(f"{self.client}: {name} fails: {type(error).__name__}: {text}", file=sys.stderr)
                reason = "FAILS"
            print(f"| `{self.client}` | `{name}` | {reason} |")
            return None
        if reason is not None:
            print(f"{self.client}: {name} works, but is listed: {reason}", file=sys.stderr)
            self.failed = True
        print(f"| `{self.client}` | `{name}` | works |")
        return result

    def end(self):
        sys.exit(1 if self.failed else 0)


def same(found, expected):
    """The client must have read what is in the book."""
    if found != expected:
        raise AssertionError(f"{found!r} is not {expected!r}")
