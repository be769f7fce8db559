using AnomalyApi.Platform.Problems;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Captures;

/// <summary>Takes files in: to the disk first, then into the table, so that what is acknowledged survives a crash. Thread-safe.</summary>
internal sealed class CaptureInbox(
    CaptureSpool spool, CaptureStore captures, CaptureRunner runner, StorageDatabase database, TimeProvider time, IOptions<CaptureOptions> options)
{
    private int _uploads;

    /// <summary>Stores the file of a multipart body. Returns the row of the capture, or why it was not taken.</summary>
    public async Task<(CaptureRow? Row, ProblemHttpResult? Problem)> TakeAsync(
        HttpRequest request, CaptureWishes wishes, string requestedBy, CancellationToken cancellationToken)
    {
        if (CaptureUpload.BoundaryOf(request) is not { } boundary)
        {
            return (null, Problems.NotMultipart(CaptureUpload.Field));
        }

        // Uploads on their way count, since each may fill the disk as much as a file that waits.
        var uploads = Interlocked.Increment(ref _uploads);
        try
        {
            if ((await captures.OpenAsync(spool.Id, cancellationToken)).Count + uploads > options.Value.MaxWaiting)
            {
                return (null, Problems.Conflict(
                    "too-many-captures",
                    "Too many captures wait",
                    $"{options.Value.MaxWaiting} captures wait or are being read (Captures:MaxWaiting). Come back when some are done."));
            }

            return await WriteAsync(boundary, request.Body, wishes, requestedBy, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _uploads);
        }
    }

    /// <summary>Asks a capture to stop; false when it had ended.</summary>
    public async Task<bool> CancelAsync(string id, CancellationToken cancellationToken)
    {
        if (!await captures.RequestCancelAsync(id, cancellationToken))
        {
            return false;
        }

        runner.Stop(id);
        // Whoever reads it holds the lock and will hear of it. When nobody does, it waits, or its process or its spool is gone.
        await using var held = await database.TryLockAsync(CaptureStore.LockName(id), cancellationToken);
        if (held is not null)
        {
            await captures.FinishAsync(id, JobStatus.Cancelled, error: null, cancellationToken);
            spool.Delete(id);
        }

        return true;
    }

    private async Task<(CaptureRow? Row, ProblemHttpResult? Problem)> WriteAsync(
        string boundary, Stream body, CaptureWishes wishes, string requestedBy, CancellationToken cancellationToken)
    {
        var row = new CaptureRow
        {
            Id = Guid.CreateVersion7().ToString(),
            Spool = spool.Id,
            FileName = "",
            Sensor = wishes.Sensor,
            Format = wishes.Format,
            ColumnMap = wishes.ColumnMap,
            CreatedAt = time.GetUtcNow().UtcDateTime,
            RequestedBy = requestedBy,
        };
        try
        {
            if (await CaptureUpload.OpenAsync(boundary, body, cancellationToken) is not var (content, name))
            {
                return (null, Problems.InvalidParameters(new Dictionary<string, string[]>
                {
                    [CaptureUpload.Field] = [$"is missing: send the file in a form field named '{CaptureUpload.Field}' that has a file name."],
                }));
            }

            row.FileName = name;
            row.Bytes = await spool.WriteAsync(row.Id, content, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            return (null, Problems.UnreadableBody($"The multipart body is damaged or ends too early: {e.Message}"));
        }
        catch (IOException e) when (IsDiskFull(e))
        {
            return (null, Problems.NoSpace());
        }

        // From here on the sender's hanging up changes nothing: a row without its file, or a file without its row, would help nobody.
        await captures.AddAsync(row, CancellationToken.None);
        runner.Wake();
        return (row, null);
    }

    // ERROR_DISK_FULL on Windows; ENOSPC and EDQUOT elsewhere.
    private static bool IsDiskFull(IOException exception) => (exception.HResult & 0xFFFF) is 112 or 28 or 122;
}
