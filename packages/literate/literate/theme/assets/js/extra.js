// What a book adds to every page: its theme replaces this file by one of the same name.
