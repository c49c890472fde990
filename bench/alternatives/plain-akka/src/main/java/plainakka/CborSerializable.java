package plainakka;

/** What goes to other nodes and into the journal; application.conf binds it to Jackson's CBOR. */
interface CborSerializable {}
