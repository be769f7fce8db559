using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Captures;

/// <summary>The folder in which files wait to be read. A file is there under its final name only when all of it is on the disk.</summary>
internal sealed class CaptureSpool(DataDirectory data, TimeProvider time)
{
    private const string Ending = ".capture";
    private const string PartialEnding = ".part";
    private const string NameFile = "spool.id";
    private const int BufferBytes = 64 * 1024;

    // An upload that writes nothing for so long is one whose process died; a file that is no capture for so long will not become one.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private string? _id;

    /// <summary>What tells this folder from those of other data directories, for as long as it exists.</summary>
    public string Id
    {
        get
        {
            lock (_lock)
            {
                return _id ??= ReadOrMakeId();
            }
        }
    }

    private string Folder => data.File("captures");

    /// <summary>Where the file of a capture is.</summary>
    public string PathOf(string id) => Path.Combine(Folder, id + Ending);

    /// <summary>Writes a file to the disk and returns its length.</summary>
    /// <exception cref="InvalidDataException">The content broke off; nothing is left behind.</exception>
    /// <exception cref="IOException">The disk is full or broken; nothing is left behind.</exception>
    public async Task<long> WriteAsync(string id, Stream content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        var partial = Path.Combine(Folder, id + PartialEnding);
        try
        {
            long length;
            await using (var file = new FileStream(partial, Options()))
            {
                var buffer = new byte[BufferBytes];
                while (await ReadAsync(content, buffer, cancellationToken) is var read and > 0)
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }

                file.Flush(flushToDisk: true);
                length = file.Length;
            }

            File.Move(partial, PathOf(id));
            return length;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Removes the file of a capture that has ended.</summary>
    public void Delete(string id)
    {
        if (Directory.Exists(Folder))
        {
            File.Delete(PathOf(id));
        }
    }

    /// <summary>Removes what no capture needs any more: files of captures that have ended, and uploads that a dead process left behind.</summary>
    /// <param name="open">Ids of the captures that wait or are being read.</param>
    public void RemoveLeftovers(IReadOnlyCollection<string> open)
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        var oldest = time.GetUtcNow().UtcDateTime - Abandoned;
        foreach (var path in Directory.EnumerateFiles(Folder))
        {
            var isNeeded = Path.GetFileName(path) == NameFile
                || (open.Contains(Path.GetFileNameWithoutExtension(path)) && path.EndsWith(Ending, StringComparison.Ordinal));
            if (!isNeeded && File.GetLastWriteTimeUtc(path) < oldest)
            {
                File.Delete(path);
            }
        }
    }

    // Packets of others are nobody's to read but the service's.
    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = BufferBytes, Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    // What breaks on the way here is the sender's, and must be told from a disk that breaks.
    private static async ValueTask<int> ReadAsync(Stream content, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private string ReadOrMakeId()
    {
        Directory.CreateDirectory(Folder);
        var path = Path.Combine(Folder, NameFile);
        try
        {
            // Two processes on one folder: the first to make the file names it for both.
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));
        }
        catch (IOException) when (File.Exists(path))
        {
            // It has a name already.
        }

        return File.ReadAllText(path);
    }
}
