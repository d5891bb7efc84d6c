"""As shipped: real releases, asked through their drivers, judged by the same clauses as the adapters.

- `subjects`: which release, used in which way, and the design that reads it;
- `asking`: what a driver is asked for a body, and what the replay server plays;
- `playing`: bodies to one driver, twice, remembered;
- `reading`: what it answered, as a trace;
- `judging`: traces to cells;
- `fidelity`: the real framework beside our adapter, fed with the same producer events;
- `job`: all of it, side by side, with results.

As designed and as shipped are never mixed in one number: results of this package lie in a folder of their own.
"""
