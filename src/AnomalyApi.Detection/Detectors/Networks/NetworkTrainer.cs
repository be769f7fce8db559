using System.Numerics;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Trains a network by mini-batches until the loss on held-out rows stops falling. Serves one fit.</summary>
/// <remarks>
/// A mini-batch is cut into chunks of fixed size whose gradients are added in their order, so the number of threads changes nothing. The step
/// length falls in a straight line to zero. A gradient longer than 1 is shortened to 1 (Pascanu, Mikolov and Bengio, On the difficulty
/// of training recurrent neural networks, ICML 2013, algorithm 1), so that one wild row cannot throw the weights away.
/// </remarks>
internal sealed unsafe class NetworkTrainer
{
    private const double MaxNorm = 1;

    // Few rows make small batches: a pass should have about this many steps.
    private const int StepsPerEpoch = 32;
    private const int MinBatch = 16;

    // Of fewer held-out rows the loss says nothing.
    private const int MinHeld = 4;

    // Below it a better loss is noise and does not count against the patience.
    private const double WorthwhileGain = 1e-4;

    private readonly DenseNetwork _network;
    private readonly NetworkTraining _training;
    private readonly FitSettings _settings;
    private readonly CancellationToken _token;
    private readonly DenseChunk[] _chunks;
    private readonly DenseBuffer _transposed;
    private readonly Adam _adam;
    private readonly int[] _fit;
    private readonly int[] _held;
    private readonly int _batchSize;
    private readonly int _epochs;
    private SeededRandom _random;

    public NetworkTrainer(
        DenseNetwork network, DenseLoss loss, FeatureMatrix rows, NetworkTraining training, FitSettings settings, CancellationToken token)
    {
        (_network, _training, _settings, _token) = (network, training, settings, token);
        _random = new SeededRandom(settings.Seed);
        var order = new int[rows.RowCount];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;

        _random.Shuffle(order.AsSpan());
        var heldCount = (int)(order.Length * training.HoldOut);
        (_held, _fit) = heldCount < MinHeld ? (order, order[..]) : (order[..heldCount], order[heldCount..]);
        _batchSize = Math.Clamp(_fit.Length / StepsPerEpoch / MinBatch * MinBatch, MinBatch, training.BatchSize);
        _epochs = training.EpochsOf((_fit.Length + _batchSize - 1) / _batchSize);
        _chunks = new DenseChunk[ChunksOf(_batchSize)];
        for (var i = 0; i < _chunks.Length; i++)
            _chunks[i] = new DenseChunk(network, rows, loss);

        _transposed = new DenseBuffer(network.Shape.ParameterLength);
        _adam = new Adam(network.Shape.ParameterLength);
    }

    /// <summary>Leaves the network as it was after the epoch with the smallest loss on held-out rows.</summary>
    /// <returns>That loss, the mean of a row.</returns>
    public double Run()
    {
        _network.Initialise(ref _random);
        Transpose();
        var best = Evaluate();
        var bestParameters = _network.Parameters.Span.ToArray();
        var lastGain = best;
        var waited = 0;
        for (var epoch = 0; epoch < _epochs && waited < _training.Patience; epoch++)
        {
            RunEpoch(epoch);
            var loss = Evaluate();
            if (loss < best)
            {
                best = loss;
                _network.Parameters.Span.CopyTo(bestParameters);
            }

            var isGain = loss < lastGain * (1 - WorthwhileGain);
            lastGain = isGain ? loss : lastGain;
            waited = isGain ? 0 : waited + 1;
            _settings.Progress?.Report((double)(epoch + 1) / _epochs);
        }

        bestParameters.CopyTo(_network.Parameters.Span);
        _settings.Progress?.Report(1);
        _token.ThrowIfCancellationRequested();
        return best;
    }

    private static int ChunksOf(int rows) => (rows + DenseChunk.Rows - 1) / DenseChunk.Rows;

    private void RunEpoch(int epoch)
    {
        _random.Shuffle(_fit.AsSpan());
        for (var first = 0; first < _fit.Length; first += _batchSize)
        {
            _token.ThrowIfCancellationRequested();
            var done = (epoch + (double)first / _fit.Length) / _epochs;
            Step(_fit.AsMemory(first, Math.Min(_batchSize, _fit.Length - first)), _training.LearningRate * (1 - done));
        }
    }

    private void Step(ReadOnlyMemory<int> rows, double rate)
    {
        var chunkCount = ChunksOf(rows.Length);
        ForEachChunk(rows, (chunk, part) => chunk.Derive(part, _transposed));
        var sum = _chunks[0].Gradient;
        for (var chunk = 1; chunk < chunkCount; chunk++)
            Add(_chunks[chunk].Gradient, sum);

        var norm = Norm(sum) / rows.Length;
        if (!double.IsFinite(norm))
            return;

        var scale = (norm > MaxNorm ? MaxNorm / norm : 1) / rows.Length;
        _adam.Step(_network.Parameters.Values, sum.Values, (float)scale, rate, rate * _training.WeightDecay);
        Transpose();
    }

    /// <summary>The mean loss of the held-out rows.</summary>
    private double Evaluate()
    {
        double sum = 0;
        var round = _chunks.Length * DenseChunk.Rows;
        for (var first = 0; first < _held.Length; first += round)
        {
            _token.ThrowIfCancellationRequested();
            var rows = _held.AsMemory(first, Math.Min(round, _held.Length - first));
            ForEachChunk(rows, (chunk, part) => chunk.Evaluate(part));
            for (var chunk = 0; chunk < ChunksOf(rows.Length); chunk++)
                sum += _chunks[chunk].Loss;
        }

        return sum / _held.Length;
    }

    private delegate void ChunkWork(DenseChunk chunk, ReadOnlySpan<int> rows);

    private void ForEachChunk(ReadOnlyMemory<int> rows, ChunkWork work)
    {
        void Run(int chunk)
        {
            var first = chunk * DenseChunk.Rows;
            work(_chunks[chunk], rows.Span.Slice(first, Math.Min(DenseChunk.Rows, rows.Length - first)));
        }

        var count = ChunksOf(rows.Length);
        if (_settings.MaxThreads > 1 && count > 1)
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = _settings.MaxThreads }, Run);
            return;
        }

        for (var chunk = 0; chunk < count; chunk++)
            Run(chunk);
    }

    /// <summary>Lays the weights out for the way back. Those into layer 1 are not needed there.</summary>
    private void Transpose()
    {
        var shape = _network.Shape;
        for (var layer = 2; layer <= shape.Last; layer++)
        {
            int inputs = shape.Padded(layer - 1), outputs = shape.Padded(layer);
            var from = _network.Parameters.Values + shape.Weights(layer);
            var to = _transposed.Values + shape.Weights(layer);
            for (var input = 0; input < inputs; input++)
            {
                for (var output = 0; output < outputs; output++)
                    to[output * inputs + input] = from[input * outputs + output];
            }
        }
    }

    private static void Add(DenseBuffer values, DenseBuffer sum)
    {
        for (var i = 0; i < sum.Length; i += Vector<float>.Count)
            Vector.Store(Vector.Load(sum.Values + i) + Vector.Load(values.Values + i), sum.Values + i);
    }

    /// <summary>Always sixteen sums, so that the result is the same whatever the width of a vector.</summary>
    private static double Norm(DenseBuffer values)
    {
        var squares = Vector512<float>.Zero;
        for (var i = 0; i < values.Length; i += Vector512<float>.Count)
        {
            var value = Vector512.Load(values.Values + i);
            squares += value * value;
        }

        return Math.Sqrt(Vector512.Sum(squares));
    }
}
