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
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
