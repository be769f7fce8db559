using System.Runtime.CompilerServices;
using System.Text;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>What both sides of a TCP connection did, and how Zeek would call it.</summary>
/// <remarks>States and letters as the documentation of Zeek's conn.log defines them. Letters come once for each side, upper case for the originator:
/// S SYN, H SYN with ACK, A bare ACK, D data, F FIN, R RST, T data again, W window of zero, I FIN with RST, Q SYN with FIN or RST; ^ when the
/// direction was turned round. Zeek's letters for wrong checksums and gaps are not told.</remarks>
internal struct TcpConversation
{
    private const string LetterOrder = "shadfrtwiq";

    private Side _originator;
    private Side _responder;
    private Letters _letters;
    private byte _letterCount;
    private bool _abortedByOriginator;
    private bool _abortedByResponder;

    /// <summary>Both sides have spoken and opened the connection.</summary>
    public readonly bool IsEstablished => _responder.Has(What.SynAck) && (_originator.Has(What.Syn) || _originator.Has(What.Other));

    /// <summary>Nothing more is expected: both sides closed, or one aborted.</summary>
    public readonly bool IsClosed => _abortedByOriginator || _abortedByResponder || (_originator.Has(What.Fin) && _responder.Has(What.Fin));

    /// <summary>Whether the first packets were seen, so that the first data is the beginning of what was said.</summary>
    public readonly bool HasBeginning => _originator.Has(What.Syn) || _responder.Has(What.SynAck);

    /// <summary>How the connection went.</summary>
    public readonly ConnectionState State
    {
        get
        {
            var syn = _originator.Has(What.Syn);
            var synAck = _responder.Has(What.SynAck);
            if (IsEstablished)
            {
                return (_abortedByOriginator, _abortedByResponder, _originator.Has(What.Fin), _responder.Has(What.Fin)) switch
                {
                    (true, _, _, _) => ConnectionState.Rsto,
                    (_, true, _, _) => ConnectionState.Rstr,
                    (_, _, true, true) => ConnectionState.SF,
                    (_, _, true, false) => ConnectionState.S2,
                    (_, _, false, true) => ConnectionState.S3,
                    _ => ConnectionState.S1,
                };
            }

            if (syn)
            {
                return _abortedByOriginator ? ConnectionState.Rstos0
                    : _abortedByResponder ? ConnectionState.Rej
                    : !_responder.IsSilent ? ConnectionState.Oth
                    : _originator.Has(What.Fin) ? ConnectionState.SH : ConnectionState.S0;
            }

            return !synAck || _abortedByOriginator ? ConnectionState.Oth
                : _abortedByResponder ? ConnectionState.Rstrh
                : _responder.Has(What.Fin) ? ConnectionState.Shr : ConnectionState.Oth;
        }
    }

    /// <summary>The letters, in the order of what happened.</summary>
    public readonly string History => Encoding.ASCII.GetString(((ReadOnlySpan<byte>)_letters)[.._letterCount]);

    /// <summary>Notes that the first packet was an answer, so that its receiver is the originator.</summary>
    public void TurnRound() => _letters[_letterCount++] = (byte)'^';

    /// <summary>Takes one packet with a TCP header.</summary>
    public void Add(in Packet packet, bool isForward)
    {
        ref var side = ref isForward ? ref _originator : ref _responder;
        var flags = packet.TcpFlags;
        var syn = (flags & TcpFlagLetters.Syn) != 0;
        var ack = (flags & TcpFlagLetters.Ack) != 0;
        var fin = (flags & TcpFlagLetters.Fin) != 0;
        var rst = (flags & TcpFlagLetters.Rst) != 0;
        if (syn && (fin || rst))
        {
            Note(ref side, What.SynAndEnd, isForward);
        }
        else if (syn)
        {
            Note(ref side, ack ? What.SynAck : What.Syn, isForward);
        }
        else if (fin && rst)
        {
            Note(ref side, What.FinAndRst, isForward);
        }
        else if (!rst)
        {
            side.Set(What.Other);
        }

        if (packet.PayloadBytes > 0)
        {
            Note(ref side, side.IsAgain(packet) ? What.Again : What.Data, isForward);
        }
        else if (ack && !syn && !fin && !rst)
        {
            Note(ref side, What.Ack, isForward);
        }

        if (fin && !syn)
        {
            Note(ref side, What.Fin, isForward);
        }

        if (rst && !syn)
        {
            Note(ref side, What.Rst, isForward);
            // An RST behind both FINs is how some systems tidy up: the connection had ended well.
            if (!IsClosed)
            {
                _abortedByOriginator = isForward;
                _abortedByResponder = !isForward;
            }
        }
        else if (!syn && !fin && packet.TcpWindow == 0)
        {
            Note(ref side, What.ZeroWindow, isForward);
        }

        side.Advance(packet, (syn ? 1u : 0) + (fin ? 1u : 0));
    }

    private void Note(ref Side side, What what, bool isForward)
    {
        if (side.Set(what))
        {
            var letter = (byte)LetterOrder[System.Numerics.BitOperations.TrailingZeroCount((int)what)];
            _letters[_letterCount++] = isForward ? (byte)(letter & ~0x20) : letter;
        }
    }

    // In the order of the letters.
    [Flags]
    private enum What : ushort
    {
        Syn = 1,
        SynAck = 2,
        Ack = 4,
        Data = 8,
        Fin = 16,
        Rst = 32,
        Again = 64,
        ZeroWindow = 128,
        FinAndRst = 256,
        SynAndEnd = 512,

        /// <summary>Anything but SYN and RST; has no letter.</summary>
        Other = 1024,
    }

    // Two sides with ten letters each, and the turned direction.
    [InlineArray(21)]
    private struct Letters
    {
        private byte _first;
    }

    private struct Side
    {
        private What _seen;
        private bool _hasNext;
        private uint _next;

        public readonly bool IsSilent => _seen == 0;

        public readonly bool Has(What what) => (_seen & what) != 0;

        // Whether it is new.
        public bool Set(What what)
        {
            var isNew = (_seen & what) == 0;
            _seen |= what;
            return isNew;
        }

        public readonly bool IsAgain(in Packet packet) => _hasNext && (int)(packet.TcpSequence - _next) < 0;

        public void Advance(in Packet packet, uint flags)
        {
            var end = packet.TcpSequence + (uint)packet.PayloadBytes + flags;
            if (!_hasNext || (int)(end - _next) > 0)
            {
                _hasNext = true;
                _next = end;
            }
        }
    }
}
