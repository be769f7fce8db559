using System.Buffers;
using System.Text;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AnomalyApi.Storage.Providers.Sqlite;

/// <summary>A prepared statement that is executed many times. Parameters are positional, from 1, and keep their values until bound again.</summary>
/// <remarks>The driver's own commands look up each parameter by name and box each value: with 25 columns that is half of the time.</remarks>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 handle, string sql)
    {
        _handle = handle;
        Check(raw.sqlite3_prepare_v2(handle, sql, out _statement));
    }

    public void BindNull(int index) => Check(raw.sqlite3_bind_null(_statement, index));

    public void Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    public void Bind(int index, double value) => Check(raw.sqlite3_bind_double(_statement, index, value));

    /// <summary>Binds null for a negative number, which means missing in a batch.</summary>
    public void BindUnlessMissing(int index, long value)
    {
        if (value < 0)
        {
            BindNull(index);
        }
        else
        {
            Bind(index, value);
        }
    }

    /// <summary>Binds null for NaN, which means unscored in a batch.</summary>
    public void BindUnlessNaN(int index, float value)
    {
        if (float.IsNaN(value))
        {
            BindNull(index);
        }
        else
        {
            Bind(index, (double)value);
        }
    }

    public void Bind(int index, IpAddressValue address)
    {
        Span<byte> bytes = stackalloc byte[IpAddressValue.Size];
        address.WriteBytes(bytes);
        Check(raw.sqlite3_bind_blob(_statement, index, bytes));
    }

    public void Bind(int index, ReadOnlySpan<byte> blob) =>
        Check(blob.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, blob));

    public void Bind(int index, string? text)
    {
        if (text is null)
        {
            BindNull(index);
            return;
        }

        if (text.Length == 0)
        {
            // An empty span has no address, and SQLite would take that for null.
            Check(raw.sqlite3_bind_text(_statement, index, ""));
            return;
        }

        text = StoredText.Clean(text);
        var rented = text.Length > 256 ? ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length)) : null;
        var bytes = rented is null ? stackalloc byte[1024] : rented;
        try
        {
            Check(raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]));
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Runs it to its end, and returns how many rows it changed.</summary>
    public int Execute()
    {
        var result = raw.sqlite3_step(_statement);
        if (result != raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(_statement);
            Check(result);
        }

        Check(raw.sqlite3_reset(_statement));
        return raw.sqlite3_changes(_handle);
    }

    /// <summary>Runs it, and returns the number in the one row it yields.</summary>
    public long ExecuteNumber()
    {
        var result = raw.sqlite3_step(_statement);
        if (result != raw.SQLITE_ROW)
        {
            raw.sqlite3_reset(_statement);
            Check(result);
        }

        var value = raw.sqlite3_column_int64(_statement, 0);
        Check(raw.sqlite3_reset(_statement));
        return value;
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, _handle);
        }
    }
}
