"""How a formula is read where its letters leave it open: told with the verdict."""

RULES = {
    "number": "a number meets every entry of an array",
    "rows": "a vector meets every row of a matrix",
    "columns": "a vector meets every column of a matrix",
    "row": "a vector before a matrix is a row",
    "dot": "a dot between two vectors is their inner product",
    "entries": "two vectors side by side are multiplied entry by entry",
    "quotient": "a quotient of vectors is taken entry by entry",
    "power": "a power of a vector is taken entry by entry",
    "root": "a root of a vector is taken entry by entry",
    "square": "a power of a matrix that is not square is taken entry by entry",
    "bars": "bars around an array are taken entry by entry",
    "norm": "a norm of a matrix is that of its entries",
    "slopes": "the slope of a function of a vector is that of each entry",
    "cases": "a condition on a vector is one on each entry",
    "order": "a product of matrices is in the order of the letter",
    "zero": "a sum from 0 runs over the entries, the first of which is 0",
    "softmax": "softmax of a matrix is taken of each row",
    "mean": "an expectation of an array is the mean of its entries",
    "variance": "a variance divides by the number of entries",
}
