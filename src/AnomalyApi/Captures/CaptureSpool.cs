using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Captures;

/// <summary>The folder in which files wait to be read. A file is there under its final name only when all of it is on the disk.</summary>
internal sealed class CaptureSpool(DataDirectory data, TimeProvider time)
{
    private const string Ending = ".capture";
    private const string PartialEnding = ".part";

    // An upload that writes nothing for so long is one whose process died; a file that is no capture for so long will not become one.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private string Folder => data.File("captures");

    /// <summary>Where the file of a capture is.</summary>
    public string PathOf(string id) => Path.Combine(Folder, id + Ending);

    /// <summary>Writes a file to the disk and returns its length.</summary>
    /// <exception cref="IOException">The disk is full or broken; nothing is left behind.</exception>
    public async Task<long> WriteAsync(string id, Stream content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        var partial = Path.Combine(Folder, id + PartialEnding);
        try
        {
            long length;
            await using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024, FileOptions.Asynchronous))
            {
                await content.CopyToAsync(file, cancellationToken);
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
            var isOpen = open.Contains(Path.GetFileNameWithoutExtension(path)) && path.EndsWith(Ending, StringComparison.Ordinal);
            if (!isOpen && File.GetLastWriteTimeUtc(path) < oldest)
            {
                File.Delete(path);
            }
        }
    }
}
