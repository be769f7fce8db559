namespace AnomalyApi.Storage.Providers.Sqlite;

/// <summary>A lock on a file, which the operating system takes back when the process dies.</summary>
internal sealed class SqliteFileLock : IStorageLock
{
    private readonly FileStream _file;

    private SqliteFileLock(string name, FileStream file)
    {
        Name = name;
        _file = file;
    }

    public string Name { get; }

    /// <summary>Never fires: a lock on a local file is not lost while the process lives.</summary>
    public CancellationToken Lost => CancellationToken.None;

    public static SqliteFileLock? TryTake(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        try
        {
            var path = Path.Combine(folder, Uri.EscapeDataString(name) + ".lock");
            return new SqliteFileLock(name, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    // A full disk or too many open files is an IOException too, and must not look like somebody else's lock. The codes: EWOULDBLOCK on Linux and on
    // macOS, ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows.
    private static bool IsHeld(IOException exception) => (exception.HResult & 0xFFFF) is 11 or 35 or 32 or 33;

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
