"""What the designs of the Dify family have in common; not a design itself.

`dify-tagged` and `dify-delta` differ in one thing: where reasoning goes. All else is dify_plugin 0.7.4 as released, and
stands here once, so that neither design has to know the other. `dify-separated` is graphon's LLM node over the first.

- `messages`: prompt messages, in the SDK's names.
- `results`: usage, and the result that a call without streaming gives.
- `plugin`: what a model plug-in does with a provider's stream, up to the question of where reasoning goes.
- `conversation`: the SDK's own assembly of chunks, and history.
- `reading`: native JSON of chunks and results to sightings.
- `node_reading`: native JSON of graphon's LLM node to sightings, whether it separates reasoning or leaves it tagged.
- `family`: what the designs of dify_plugin answer alike.
"""
