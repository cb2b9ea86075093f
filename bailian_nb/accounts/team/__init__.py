"""Limits, turns and money of an account over all machines, counted in Redis (`BAILIAN_NB_LIMITS`, extra `team`).

Nothing in it is the only copy of anything: the journal of each machine says what that one has sent and spent, each
process what it holds, the service which tasks run. A server that comes back empty is told all of it again.
"""
