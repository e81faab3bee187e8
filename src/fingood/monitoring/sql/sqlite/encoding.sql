-- What the file's text is written in.
SELECT encoding FROM pragma_encoding WHERE encoding <> 'UTF-8'
