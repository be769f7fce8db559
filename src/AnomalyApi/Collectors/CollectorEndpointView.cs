namespace AnomalyApi.Collectors;

/// <summary>An address that a collector listens on.</summary>
/// <param name="Address">Address and UDP port.</param>
/// <param name="ReceiveBufferBytes">Bytes the kernel gave for waiting datagrams.</param>
/// <param name="Received">Datagrams taken from the kernel.</param>
/// <param name="KernelDropped">Datagrams that came and found the buffer full; null where the kernel does not tell.</param>
internal sealed record CollectorEndpointView(string Address, int ReceiveBufferBytes, long Received, long? KernelDropped)
{
    public static CollectorEndpointView Of(CollectorSocket socket)
    {
        var dropped = socket.KernelDropped;
        return new CollectorEndpointView(socket.Endpoint.ToString(), socket.ReceiveBufferBytes, socket.Received, dropped < 0 ? null : dropped);
    }
}
