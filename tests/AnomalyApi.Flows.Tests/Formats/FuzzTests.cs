using System.Diagnostics;
using System.Globalization;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

/// <summary>
/// Damaged bodies without end, over every format of the catalog: no exception but the two that say what was wrong, no hang, bounded memory, and the same outcome
/// however the body arrives. <c>ANOMALY_TEST_FUZZ_SECONDS</c> is the time for all formats together, <c>ANOMALY_TEST_FUZZ_SEED</c> where the row of seeds begins.
/// </summary>
public class FuzzTests(ITestOutputHelper output)
{
    private const double DefaultSeconds = 12;
    private const int DefaultSeed = 1;
    private const long LargestAllocation = 32_000_000;

    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Formats() => [.. FlowFormatCatalog.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task No_damaged_body_breaks_a_reader(string name)
    {
        var format = FlowFormatCatalog.All.Single(other => other.Name == name);
        List<byte[]> own = [.. Samples.FilesOf(format).Select(File.ReadAllBytes)];
        // Now and then a body that is in the wrong place.
        var strangers = FlowFormatCatalog.All.Select(other => File.ReadAllBytes(Samples.FilesOf(other).First()));
        var mutator = new BodyMutator([.. own, .. own, .. own, .. strangers]);
        var run = new Run(name, mutator, Setting("ANOMALY_TEST_FUZZ_SEED", DefaultSeed));
        var time = TimeSpan.FromSeconds(Setting("ANOMALY_TEST_FUZZ_SECONDS", DefaultSeconds) / FlowFormatCatalog.All.Count);

        // On a thread of its own, so that a reader that hangs is found by this one.
        var running = Task.Factory.StartNew(() => run.For(time), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(500, TestContext.Current.CancellationToken));
            Assert.True(run.SinceLast < LongestRead, $"{run.Describe()} has been read for {run.SinceLast.TotalSeconds:F0} s and is not done.");
        }

        await running;
        output.WriteLine($"{name}: {run.Rounds} bodies from seed {run.FirstSeed}.");
    }

    private static T Setting<T>(string variable, T standard)
        where T : IParsable<T> => T.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : standard;

    private sealed class Run(string format, BodyMutator mutator, int firstSeed)
    {
        private long _started = Stopwatch.GetTimestamp();
        private byte[] _body = [];

        public int Rounds { get; private set; }

        public int FirstSeed => firstSeed;

        public TimeSpan SinceLast => Stopwatch.GetElapsedTime(Volatile.Read(ref _started));

        public string Describe() => $"{format}, seed {firstSeed + Rounds}, body {Convert.ToBase64String(_body)}";

        public void For(TimeSpan time)
        {
            var begin = Stopwatch.GetTimestamp();
            Read(0);
            for (; Stopwatch.GetElapsedTime(begin) < time; Rounds++)
            {
                _body = mutator.Next(firstSeed + Rounds);
                Volatile.Write(ref _started, Stopwatch.GetTimestamp());
                try
                {
                    FlowFormatCatalog.Recognize(_body.AsSpan(0, Math.Min(_body.Length, FlowFormatCatalog.HeadBytes)));
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    var whole = Read(0);
                    var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    Assert.True(allocated < LargestAllocation, $"{allocated} bytes were allocated.");
                    if (Rounds % 4 == 0)
                    {
                        Assert.Equal(whole, Read(1 + (Rounds % 97)));
                    }
                }
                catch (Exception e)
                {
                    Assert.Fail($"{Describe()}: {e}");
                }
            }
        }

        private string Read(int piece)
        {
            try
            {
                // Memory never waits, so all is read when the task is handed out.
                var reading = FlowBodies.ReadAsync(Samples.MediaTypeOf(format), _body, piece);
                Assert.True(reading.IsCompleted);
                var target = reading.GetAwaiter().GetResult();
                using var batch = target.Batch;
                for (var i = 0; i < batch.Count; i++)
                {
                    Assert.InRange(batch.StartMicroseconds[i], FlowTime.Earliest, FlowTime.Latest - 1);
                    Assert.InRange(batch.DurationMicroseconds[i], -1, long.MaxValue);
                    Assert.InRange(batch.SourcePort[i], -1, 65_535);
                    Assert.InRange(batch.DestinationPort[i], -1, 65_535);
                    Assert.True(batch.ForwardBytes[i] >= -1 && batch.ReverseBytes[i] >= -1 && batch.ForwardPackets[i] >= -1 && batch.ReversePackets[i] >= -1, "A count is negative.");
                    Assert.InRange(batch.TcpFlags[i], -1, 255);
                    Assert.True(batch.Line[i] > 0 && batch.SamplingInterval[i] > 0, "A flow stands nowhere.");
                }

                Assert.All(target.Rejections, rejection => Assert.InRange(rejection.Reason.Length, 1, 1000));
                return $"{batch.Count} flows, {target.RejectedCount} rejected: {string.Join('|', target.Rejections)}, skipped {string.Join('|', target.Skipped)}";
            }
            catch (FlowFormatException refusal)
            {
                return refusal.Message;
            }
            catch (FlowLimitException refusal)
            {
                return refusal.Message;
            }
        }
    }
}
