"""The use cases: one file each, a request in, a report out; no printing, no click.

May import `worker` and everything below it. A use case knows nothing of terminals, records
or exit statuses of a whole call: what it returns can be rendered in any way, and what it
cannot answer it raises.
"""
