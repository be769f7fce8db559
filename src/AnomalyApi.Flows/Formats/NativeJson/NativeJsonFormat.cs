using System.IO.Pipelines;
using System.Text.Json;
using AnomalyApi.Flows.Formats.Native;

namespace AnomalyApi.Flows.Formats.NativeJson;

/// <summary>A JSON array of native flows. A bad flow is rejected with the number of its element; a body that is not JSON is refused as a whole.</summary>
internal sealed class NativeJsonFormat : IFlowFormat
{
    /// <inheritdoc/>
    public string Name => "json";

    /// <inheritdoc/>
    public IReadOnlyList<string> ContentTypes { get; } = ["application/json"];

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head) => BodyHead.TextOf(head) is [(byte)'[', ..];

    /// <inheritdoc/>
    public async ValueTask ReadAsync(PipeReader body, FlowReadTarget target, CancellationToken cancellationToken)
    {
        using var elements = new JsonArrayReader(body);
        var draft = new FlowDraft();
        while (await elements.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            while (elements.TryRead(out var element))
            {
                if (elements.IsTooLong)
                {
                    target.Reject(elements.ElementNumber, FlowFormatCatalog.TooLong);
                }
                else if (elements.IsTooDeep)
                {
                    target.Reject(elements.ElementNumber, $"Nested deeper than {JsonRecords.MaxDepth}.");
                }
                else
                {
                    ReadElement(element, elements.ElementNumber, draft, target);
                }
            }
        }

        if (elements.IsComplete)
        {
            target.AllowEmpty();
        }
    }

    private static void ReadElement(ReadOnlySpan<byte> element, int number, FlowDraft draft, FlowReadTarget target)
    {
        string? reason;
        try
        {
            reason = NativeFlowParser.Parse(element, draft);
        }
        catch (JsonException exception)
        {
            throw new FlowFormatException($"Element {number} of the array: {JsonRecords.Describe(exception)}");
        }

        if (reason is null)
        {
            draft.Accept(target, number);
        }
        else
        {
            target.Reject(number, reason);
        }
    }
}
