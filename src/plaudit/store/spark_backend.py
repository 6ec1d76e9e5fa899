"""Ibis on Spark, made exact: Arrow in, Arrow out, and integers that stay integers.

Ibis 12 carries Spark's results through pandas, where a column of integers that
has a null becomes floats, wrong from 2**53 on. PySpark 4 speaks Arrow itself.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkSchema
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from pyspark.sql import DataFrame

__all__ = ["SparkBackend"]

INEXACT: Final = (ops.Hash, ops.FloorDivide, ops.RandomScalar, ops.ApproxCountDistinct, ops.ApproxMedian)
"""What gives other values than the embedded engine, or inexact ones; refused, so that no number is wrong."""


class _Compiler(PySparkCompiler):  # type: ignore[misc]
    """Writes Spark's SQL; see `store.numbers` for the integer division."""

    UNSUPPORTED_OPS = (*PySparkCompiler.UNSUPPORTED_OPS, *INEXACT)

    def visit_ScalarUDF(self, op: Any, **arguments: Any) -> Any:  # noqa: N802 - Ibis names it
        if op.__func_name__ != "divide":
            return super().visit_ScalarUDF(op, **arguments)
        numerator, denominator = arguments.values()
        return sge.paren(sge.IntDiv(this=sge.paren(numerator), expression=sge.paren(denominator)))


class SparkBackend(Backend):  # type: ignore[misc]
    """A session of Spark as Ibis sees it."""

    compiler = _Compiler()
    in_words: Callable[[], AbstractContextManager[object]] = nullcontext
    """What turns Spark's errors into ours; the engine sets it."""

    def frame(self, expression: ibis.Table) -> DataFrame:
        """Give what Spark would compute."""
        self._run_pre_execute_hooks(expression)
        frame: DataFrame = self._session.sql(self.compile(expression))
        return frame

    def read(self, files: Sequence[str], schema: ibis.Schema) -> DataFrame:
        """Give Parquet files of a known schema, which Spark need not look up."""
        frame: DataFrame = self._session.read.schema(PySparkSchema.from_ibis(schema)).parquet(*files)
        return frame.select(*schema.names)

    def view(self, frame: DataFrame, name: str) -> ibis.Table:
        """Give what Spark has, or would read, as an expression."""
        frame.createOrReplaceTempView(name)
        return self.table(name)

    def drop(self, name: str) -> None:
        """Forget a view."""
        self._session.catalog.dropTempView(name)

    def to_pyarrow(self, expr: Any, /, **_options: Any) -> Any:
        """Compute an expression; its columns have the types that it says."""
        rows = expr.as_table()
        schema = pa.schema([field.with_nullable(nullable=True) for field in rows.schema().to_pyarrow()])
        with self.in_words():
            computed: pa.Table = self.frame(rows).toArrow().rename_columns(schema.names)
        return expr.__pyarrow_result__(computed.cast(schema))

    def to_pyarrow_batches(self, expr: Any, /, *, chunk_size: int = 65_536, **_options: Any) -> pa.RecordBatchReader:
        """Compute an expression, then give it in batches."""
        computed = self.to_pyarrow(expr.as_table())
        return pa.RecordBatchReader.from_batches(computed.schema, computed.to_batches(chunk_size))

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        rows = op.data.to_pyarrow(op.schema).cast(op.schema.to_pyarrow())
        self._session.createDataFrame(rows).createOrReplaceTempView(op.name)
