using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Preprocessing;
using Xunit;
using static AnomalyApi.Detection.Tests.Preprocessing.Preparations;

namespace AnomalyApi.Detection.Tests.Preprocessing;

public sealed class PreparationFileTests
{
    [Fact]
    public void A_preparation_that_was_written_and_read_prepares_alike()
    {
        foreach (var options in new[] { Plain, new PreparationOptions { KeepColumns = 3 }, new PreparationOptions { Components = 2, KeepColumns = 4 } })
        {
            var (preparation, rows) = Everything(options);
            var written = Written(preparation);
            var reader = new ModelSectionReader("preparation", written);

            var read = Preparation.Read(reader);

            reader.End();
            Assert.Equal((preparation.InputCount, preparation.OutputCount), (read.InputCount, read.OutputCount));
            Assert.Equal(preparation.Apply(rows).AsSpan(), read.Apply(rows).AsSpan());
            Assert.Equal(written, Written(read));
        }
    }

    [Fact]
    public void A_truncated_preparation_is_refused()
    {
        var written = Written(Everything(new PreparationOptions { Components = 2, KeepColumns = 4 }).Preparation);
        for (var length = 0; length < written.Length; length++)
            Assert.Throws<ModelFileException>(() => Preparation.Read(new ModelSectionReader("preparation", written.AsMemory(0, length))));
    }

    [Fact]
    public void A_forged_preparation_is_refused_or_prepares_without_harm()
    {
        var (preparation, rows) = Everything(new PreparationOptions { Components = 2, KeepColumns = 4 });
        var written = Written(preparation);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var at = 0; at < written.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var forged = written.ToArray();
                forged[at] ^= (byte)(1 << bit);
                try
                {
                    var read = Preparation.Read(new ModelSectionReader("preparation", forged));
                    if (read.InputCount == rows.ColumnCount)
                        Assert.DoesNotContain(read.Apply(rows).AsSpan().ToArray(), value => float.IsInfinity(value));
                }
                catch (ModelFileException)
                {
                    // Refused, as it should be.
                }
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
    }

    private static byte[] Written(Preparation preparation)
    {
        var writer = new ModelSectionWriter();
        preparation.Write(writer);
        return writer.ToArray();
    }
}
