using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace AnomalyApi.Cli.Sending;

/// <summary>The service, seen from a sensor. A body that the service could not take yet is sent again with the same key, so it never counts twice. Thread-safe.</summary>
internal sealed class FlowService : IDisposable
{
    private const string KeyHeader = "X-Api-Key";
    private const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>How long a body is sent again before the command gives up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly Uri _address;
    private volatile bool _hasAnswered;

    /// <param name="address">Where it takes flows.</param>
    /// <param name="key">API key; null for none.</param>
    public FlowService(Uri address, string? key)
    {
        _address = address;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) });
        if (key is not null && !_http.DefaultRequestHeaders.TryAddWithoutValidation(KeyHeader, key))
            throw new CommandException("--key holds characters that no header may have.");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a body until it is taken or refused for good.</summary>
    /// <param name="idempotencyKey">Names the body for as long as it is sent again.</param>
    /// <exception cref="CommandException">The service cannot be reached, refuses the key, or refuses the body for good.</exception>
    public async Task<BatchOutcome> SendAsync(FlowBody body, string idempotencyKey, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        var pause = FirstPause;
        for (var retries = 0; ; retries++)
        {
            string trouble;
            var wait = pause;
            var sent = Stopwatch.GetTimestamp();
            try
            {
                using var request = Request(body, idempotencyKey);
                using var answer = await _http.SendAsync(request, ct).ConfigureAwait(false);
                var text = await answer.Content.ReadAsStringAsync(ct).ConfigureAwait(false);
                _hasAnswered = true;
                if (!IsWorthAnotherTry(answer.StatusCode))
                    return Read(answer.StatusCode, text, body, Stopwatch.GetElapsedTime(sent), retries);

                trouble = $"answers {(int)answer.StatusCode} ({Detail(text)})";
                wait = RetryAfter(answer) ?? pause;
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
            {
                trouble = $"cannot be reached: {fault.Message}";
                if (!_hasAnswered)
                    throw new CommandException($"{_address} {trouble}", fault);
            }

            if (Stopwatch.GetElapsedTime(begun) + wait > Patience)
                throw new CommandException($"{_address} {trouble}, after {retries + 1} attempts in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s. What it took before stays taken.");

            await Task.Delay(wait, ct).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private HttpRequestMessage Request(FlowBody body, string idempotencyKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new ReadOnlyMemoryContent(body.Bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(body.ContentType);
        request.Headers.TryAddWithoutValidation(IdempotencyHeader, idempotencyKey);
        return request;
    }

    private static bool IsWorthAnotherTry(HttpStatusCode status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;

    private static TimeSpan? RetryAfter(HttpResponseMessage answer)
    {
        var header = answer.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - DateTimeOffset.UtcNow);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private BatchOutcome Read(HttpStatusCode status, string text, FlowBody body, TimeSpan latency, int retries)
    {
        if (status == HttpStatusCode.OK)
        {
            try
            {
                return ReadAnswer(text, latency, retries);
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new CommandException($"{_address} is not the address of AnomalyApi: its answer is none to a batch of flows.", fault);
            }
        }

        if (status == HttpStatusCode.UnprocessableEntity && text.Contains("no-flow-accepted", StringComparison.Ordinal))
            return new BatchOutcome(0, body.Flows, Detail(text), [], IsScored: false, latency, retries);

        throw new CommandException(status switch
        {
            HttpStatusCode.Unauthorized => $"{_address} does not know the key (401): {Detail(text)} Give one with --key KEY or --key @FILE.",
            HttpStatusCode.Forbidden => $"{_address} does not let this key send flows (403): {Detail(text)}",
            HttpStatusCode.RequestEntityTooLarge => $"{_address} finds the batch too large (413): {Detail(text)} Make it smaller with --batch.",
            _ => $"{_address} refuses the batch ({(int)status}): {Detail(text)}",
        });
    }

    private static BatchOutcome ReadAnswer(string text, TimeSpan latency, int retries)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        var rejections = root.GetProperty("rejections");
        var anomalies = root.TryGetProperty("anomalies", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => (item.GetProperty("line").GetInt32(), item.GetProperty("severity").GetString() ?? "")).ToList()
            : [];
        return new BatchOutcome(
            root.GetProperty("accepted").GetInt32(),
            root.GetProperty("rejected").GetInt32(),
            rejections.GetArrayLength() > 0 ? rejections[0].GetProperty("reason").GetString() : null,
            anomalies,
            root.GetProperty("scored").GetInt32() > 0,
            latency,
            retries);
    }

    // The problem's detail; a proxy's page is cut short.
    private static string Detail(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.String)
                return detail.GetString()!;
        }
        catch (JsonException)
        {
            // Not from AnomalyApi itself.
        }

        return text.Length == 0 ? "without a reason" : text[..Math.Min(text.Length, 120)];
    }
}
