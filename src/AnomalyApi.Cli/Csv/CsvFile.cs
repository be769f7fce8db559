using System.IO.Compression;
using CsvHelper;

namespace AnomalyApi.Cli.Csv;

/// <summary>A CSV file, plain or gzipped. Separators (comma, semicolon, tab or bar) and byte order marks are recognised; blanks around
/// cells do not count.</summary>
/// <param name="path">Where it is.</param>
/// <param name="columns">Names of the columns of a file without a header; null when the file may have one.</param>
internal sealed class CsvFile(string path, IReadOnlyList<string>? columns = null)
{
    private const int MaxRecordBytes = 1 << 20;

    public string Path => path;

    public IReadOnlyList<string>? ColumnNames => columns;

    /// <summary>Hands over each record in turn, the header too if there is one. The reader is valid during the call only.</summary>
    /// <param name="take">Gets the reader on its record, and says whether to go on.</param>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public void ForEach(Func<CsvReader, bool> take, CancellationToken ct)
    {
        try
        {
            using var reader = CsvReader.Create(Open(), CsvReaderOptions.Default with
            {
                HasHeader = false,
                TrimWhitespace = true,
                MaxRecordSize = MaxRecordBytes,
                TrackLineNumbers = true,
                OnMalformedRecord = Refuse,
            });
            for (var record = 0; reader.Read(); record++)
            {
                if (record % 1024 == 0)
                    ct.ThrowIfCancellationRequested();

                if (!take(reader))
                    return;
            }
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no file '{path}'.", fault);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException or InvalidDataException)
        {
            throw new CommandException($"'{path}' cannot be read: {fault.Message}", fault);
        }
        catch (CsvFormatException fault)
        {
            throw new CommandException($"'{path}' cannot be read: {fault.Message}", fault);
        }
    }

    // By its first two bytes, not by its name: downloads are renamed.
    private Stream Open()
    {
        if (Directory.Exists(path))
            throw new CommandException($"'{path}' is a folder; a file is needed.");

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private void Refuse(CsvMalformedRecord record)
    {
        // It swallows the rest of the file as one cell. Other stray quotes are kept as text.
        if (record.Reason == CsvMalformedReason.UnterminatedQuote)
            throw new CommandException($"'{path}' cannot be read: line {record.LineNumber} opens a quote that is never closed.");
    }
}
