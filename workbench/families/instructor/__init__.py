"""What the designs of the Instructor family have in common; not a design itself.

All of them fill in a class of the user's own from the arguments of a tool call. They differ in what they hand out: the
object while it fills in, finished items, or the object with the provider's response.

- `schema`: JSON Schema to the response model.
- `fragments`: what of a streamed chunk is read.
- `objects`: an object from JSON text, and its dump.
- `reading`: how a stream broke off.
- `family`: what every design answers alike.
"""
