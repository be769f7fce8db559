using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AnomalyApi.Flows;
using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Collectors;

/// <summary>One UDP address that exporters send to. Counts what it takes and what the kernel dropped.</summary>
internal sealed class CollectorSocket : IDisposable
{
    // Linux, asm-generic/socket.h and linux/sock_diag.h.
    private const int SolSocket = 1;
    private const int SoReceiveBufferForce = 33;
    private const int SoMemInfo = 55;
    private const int MemInfoWords = 9;
    private const int MemInfoDrops = 8;
    private const int LongestDatagram = 65_535;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[LongestDatagram];
    private readonly byte[] _memInfo = new byte[MemInfoWords * sizeof(uint)];
    private readonly SocketAddress _from;
    private readonly Lock _lock = new();
    private long _received;
    private long _refused;
    private long _kernelDropped;
    private uint _lastDrops;
    private bool _isClosed;

    private CollectorSocket(IPEndPoint endpoint, int receiveBuffer)
    {
        _socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
        {
            _socket.DualMode = true;
        }

        SetReceiveBuffer(receiveBuffer);
        _socket.Bind(endpoint);
        _from = new SocketAddress(endpoint.AddressFamily);
        Endpoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    /// <summary>Where it listens; the port is the one in use when 0 was asked for.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Bytes the kernel gave for waiting datagrams.</summary>
    public int ReceiveBufferBytes { get; private set; }

    /// <summary>Datagrams taken from the kernel.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Datagrams of exporters that are not allowed.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Datagrams that came and found the buffer full; -1 where the kernel does not tell.</summary>
    public long KernelDropped
    {
        get
        {
            lock (_lock)
            {
                ReadKernelDrops();
                return _kernelDropped;
            }
        }
    }

    /// <exception cref="ConfigurationException">The address cannot be listened on.</exception>
    public static CollectorSocket Open(IPEndPoint endpoint, int receiveBuffer)
    {
        try
        {
            return new CollectorSocket(endpoint, receiveBuffer);
        }
        catch (SocketException e)
        {
            throw new ConfigurationException(
                $"{NetFlowCollectorOptions.Section}:Endpoints '{endpoint}' cannot be listened on ({e.Message}). Stop what listens there, or choose another.");
        }
    }

    /// <summary>Hands over datagrams until it is cancelled, and then those that the kernel still holds.</summary>
    public async Task ReceiveAsync(IReadOnlyList<CidrRange> allowed, DatagramQueue queue, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var length = await ReceiveOneAsync(cancellationToken);
                if (length >= 0)
                {
                    Take(length, allowed, queue, time);
                }
            }
        }
        catch (OperationCanceledException)
        {
            Drain(allowed, queue, time);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            ReadKernelDrops();
            _isClosed = true;
            _socket.Dispose();
        }
    }

    // Another host's refusal of something sent before comes as an error of this socket, and is none of its business.
    private async ValueTask<int> ReceiveOneAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveFromAsync(_buffer, SocketFlags.None, _from, cancellationToken);
        }
        catch (SocketException)
        {
            return -1;
        }
    }

    private void Drain(IReadOnlyList<CidrRange> allowed, DatagramQueue queue, TimeProvider time)
    {
        // At most what the buffer can hold, since exporters do not stop sending.
        try
        {
            for (var left = ReceiveBufferBytes; left > 0 && _socket.Available > 0;)
            {
                var length = _socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
                Take(length, allowed, queue, time);
                left -= length + 1;
            }
        }
        catch (SocketException)
        {
            // As above; what is left is lost, as what comes from now on is.
        }
    }

    private void Take(int length, IReadOnlyList<CidrRange> allowed, DatagramQueue queue, TimeProvider time)
    {
        _received++;
        var exporter = AddressOf(_from);
        if (!IsAllowed(exporter, allowed))
        {
            _refused++;
            return;
        }

        queue.Add(exporter, FlowTime.ToMicroseconds(time.GetUtcNow().UtcDateTime), _buffer.AsSpan(0, length));
    }

    private static bool IsAllowed(in IpAddressValue exporter, IReadOnlyList<CidrRange> allowed)
    {
        for (var i = 0; i < allowed.Count; i++)
        {
            if (allowed[i].Contains(exporter))
            {
                return true;
            }
        }

        return allowed.Count == 0;
    }

    // sockaddr_in has the address behind family and port, sockaddr_in6 behind the flow label too.
    private static IpAddressValue AddressOf(SocketAddress from)
    {
        var bytes = from.Buffer.Span;
        return from.Family == AddressFamily.InterNetwork
            ? IpAddressValue.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]))
            : IpAddressValue.FromBytes(bytes[8..]);
    }

    private void SetReceiveBuffer(int bytes)
    {
        _socket.ReceiveBufferSize = bytes;
        if (OperatingSystem.IsLinux())
        {
            try
            {
                // Goes beyond net.core.rmem_max where the service may administer the network.
                _socket.SetRawSocketOption(SolSocket, SoReceiveBufferForce, BitConverter.GetBytes(bytes));
            }
            catch (SocketException)
            {
                // It may not: then the limit holds.
            }
        }

        // Linux doubles what is asked for, to have room for its own bookkeeping, and tells the double.
        ReceiveBufferBytes = OperatingSystem.IsLinux() ? _socket.ReceiveBufferSize / 2 : _socket.ReceiveBufferSize;
    }

    // A counter of 32 bits, of this socket alone.
    private void ReadKernelDrops()
    {
        if (_isClosed || _kernelDropped < 0)
        {
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            _kernelDropped = -1;
            return;
        }

        _socket.GetRawSocketOption(SolSocket, SoMemInfo, _memInfo);
        var drops = MemoryMarshal.Read<uint>(_memInfo.AsSpan(MemInfoDrops * sizeof(uint)));
        _kernelDropped += unchecked(drops - _lastDrops);
        _lastDrops = drops;
    }
}
