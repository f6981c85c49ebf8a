"""The page: `restyle studio` serves it, and an HTTP API behind it, on this machine.

`app` routes and `security` refuses, `visits` keep files, `jobs` wait and run in worker processes,
where `engine` calls the rest of restyle. The page's own sources stand in `studio/` at the root of
the repository; what is built of them is in `static/`.
"""
