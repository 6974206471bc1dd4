"""The edges that speak JSON: decode, open the transaction, call one use case, render. No rules, no SQL."""
