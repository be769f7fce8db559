using System.Buffers;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>Writes flows in one format that the service reads. Holds the state of one output; not thread-safe.</summary>
internal abstract class FlowWriter
{
    /// <summary>The media type of what is written.</summary>
    public abstract string ContentType { get; }

    /// <summary>Lines before the first flow when each flow is one line (or element) after that; null when flows have no lines.</summary>
    public virtual int? LinesBefore => null;

    /// <summary>Flows that cannot be said in this format, and why; null when there are none.</summary>
    public virtual string? LeftOut => null;

    /// <summary>Begins a body: a file, or what one request carries.</summary>
    public virtual void Begin(IBufferWriter<byte> output)
    {
    }

    /// <summary>Writes a flow, or holds it back until more fill a message.</summary>
    public abstract void Write(FlowBatch flows, int row, IBufferWriter<byte> output);

    /// <summary>Writes what is held back.</summary>
    public virtual void Flush(IBufferWriter<byte> output)
    {
    }

    /// <summary>Ends the body. <see cref="Flush"/> was called.</summary>
    public virtual void End(IBufferWriter<byte> output)
    {
    }

    /// <summary>Bytes of the message that begins here, for formats that go out as datagrams.</summary>
    public virtual int MessageBytes(ReadOnlySpan<byte> output) => output.Length;
}
