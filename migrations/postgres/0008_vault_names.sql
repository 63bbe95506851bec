-- Every blob of the vault is asked for by its name: is it still spoken of?
CREATE INDEX part_object ON part (object);
CREATE INDEX photograph_object ON photograph (object);
CREATE INDEX release_text_object ON release (text_object);
CREATE INDEX document_object ON document (object);
