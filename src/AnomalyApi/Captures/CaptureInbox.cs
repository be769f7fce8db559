using AnomalyApi.Platform.Problems;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Captures;

/// <summary>Takes files in: to the disk first, then into the table, so that what is acknowledged survives a crash. Thread-safe.</summary>
internal sealed class CaptureInbox(
    CaptureSpool spool, CaptureStore captures, CaptureRunner runner, TimeProvider time, IOptions<CaptureOptions> options)
{
    /// <summary>Stores the file of a multipart body. Returns the row of the capture, or why it was not taken.</summary>
    public async Task<(CaptureRow? Row, ProblemHttpResult? Problem)> TakeAsync(
        HttpRequest request, string? sensor, string? columnMap, string requestedBy, CancellationToken cancellationToken)
    {
        if ((await captures.OpenAsync(cancellationToken)).Count >= options.Value.MaxWaiting)
        {
            return (null, Problems.Conflict(
                "too-many-captures", "Too many captures wait", $"{options.Value.MaxWaiting} captures wait or are being read (Captures:MaxWaiting). Come back when some are done."));
        }

        var id = Guid.CreateVersion7().ToString();
        try
        {
            if (await CaptureUpload.OpenAsync(request, cancellationToken) is not var (content, name))
            {
                return (null, Problems.InvalidParameters(new Dictionary<string, string[]>
                {
                    [CaptureUpload.Field] = [$"is missing: send the file in a form field named '{CaptureUpload.Field}' that has a file name."],
                }));
            }

            var bytes = await spool.WriteAsync(id, content, cancellationToken);
            var row = new CaptureRow
            {
                Id = id,
                FileName = name,
                Bytes = bytes,
                Sensor = sensor,
                ColumnMap = columnMap,
                CreatedAt = time.GetUtcNow().UtcDateTime,
                RequestedBy = requestedBy,
            };
            await captures.AddAsync(row, cancellationToken);
            runner.Wake();
            return (row, null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            spool.Delete(id);
            return (null, IsDiskFull(e) ? Problems.NoSpace() : Problems.UnreadableBody($"The multipart body is damaged or ends too early: {e.Message}"));
        }
        catch
        {
            spool.Delete(id);
            throw;
        }
    }

    // ERROR_DISK_FULL on Windows; ENOSPC and EDQUOT elsewhere.
    private static bool IsDiskFull(Exception exception) => exception is IOException && (exception.HResult & 0xFFFF) is 112 or 28 or 122;
}
