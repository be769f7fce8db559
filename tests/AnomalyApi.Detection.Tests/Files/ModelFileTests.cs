using System.Security.Cryptography;
using AnomalyApi.Detection.Files;
using Xunit;

namespace AnomalyApi.Detection.Tests.Files;

public sealed class ModelFileTests
{
    [Fact]
    public void What_was_written_is_read_back()
    {
        var reader = ModelFileReader.Open(SmallFile()).Section("numbers");

        Assert.Equal(-7, reader.ReadInt32());
        Assert.Equal(1L << 40, reader.ReadInt64());
        Assert.Equal(1.5f, reader.ReadSingle());
        Assert.Equal(Math.PI, reader.ReadDouble());
        Assert.Equal("Zürich", reader.ReadString());
        Assert.Equal([1, 2, 3], reader.ReadArray<short>());
        reader.End();
    }

    [Fact]
    public void The_layout_is_the_documented_one()
    {
        var file = new ModelFileWriter();
        file.Section("ab").WriteInt32(5);

        byte[] content = [.. "ANOMALYM"u8, 2, 0, 1, 0, 0, 0, 2, 0, 0, 0, (byte)'a', (byte)'b', 4, 0, 0, 0, 5, 0, 0, 0];

        Assert.Equal([.. content, .. SHA256.HashData(content)], file.ToArray());
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        var file = SmallFile();
        for (var i = 0; i < file.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                file[i] ^= (byte)(1 << bit);
                Assert.Throws<ModelFileException>(() => ModelFileReader.Open(file));
                file[i] ^= (byte)(1 << bit);
            }
        }

        ModelFileReader.Open(file);
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        var file = SmallFile();
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<ModelFileException>(() => ModelFileReader.Open(file.AsMemory(0, length)));
    }

    [Fact]
    public void A_later_version_is_refused_by_its_number()
    {
        var file = SmallFile()[..^32];
        file[8] = 3;

        var error = Assert.Throws<ModelFileException>(() => ModelFileReader.Open(Signed(file)));

        Assert.Equal("The model file has format version 3; this program reads versions 1 to 2.", error.Message);
    }

    [Fact]
    public void Another_kind_of_file_is_refused_as_such()
    {
        var error = Assert.Throws<ModelFileException>(() => ModelFileReader.Open("PK\u0003\u0004 and so on"u8.ToArray()));

        Assert.StartsWith("Not a model file: it begins with '504B0304", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forged_file_with_a_right_checksum_asks_for_no_memory()
    {
        var content = SmallFile()[..^32];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = 0;
        for (var i = 10; i < content.Length; i++)
        {
            var forged = content.ToArray();
            forged[i] = 0x7F;
            try
            {
                var file = ModelFileReader.Open(Signed(forged));
                var reader = file.Section("numbers");
                reader.ReadArray<double>();
                reader.ReadString();
            }
            catch (ModelFileException)
            {
                refused++;
            }
        }

        Assert.True(refused > 20);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void Two_sections_of_one_name_are_refused()
    {
        var file = new ModelFileWriter();
        file.Section("a");

        Assert.Throws<ArgumentException>(() => file.Section("a"));
        byte[] forged = [.. "ANOMALYM"u8, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, (byte)'a', 0, 0, 0, 0, 1, 0, 0, 0, (byte)'a', 0, 0, 0, 0];
        Assert.Throws<ModelFileException>(() => ModelFileReader.Open(Signed(forged)));
    }

    [Fact]
    public void A_missing_section_is_named_together_with_those_there_are()
    {
        var file = ModelFileReader.Open(SmallFile());

        Assert.True(file.HasSection("numbers"));
        Assert.False(file.HasSection("letters"));
        var error = Assert.Throws<ModelFileException>(() => file.Section("letters"));
        Assert.Equal("The model file has no section 'letters'; it has: numbers, empty.", error.Message);
    }

    [Fact]
    public void A_section_that_was_not_read_to_its_end_is_noticed()
    {
        var reader = ModelFileReader.Open(SmallFile()).Section("numbers");
        reader.ReadInt32();

        Assert.Throws<ModelFileException>(reader.End);
    }

    [Fact]
    public void A_text_that_is_not_utf8_is_refused()
    {
        var writer = new ModelSectionWriter();
        writer.WriteArray<byte>([0xFF, 0xFE]);

        Assert.Throws<ModelFileException>(() => new ModelSectionReader("s", writer.ToArray()).ReadString());
    }

    private static byte[] SmallFile()
    {
        var file = new ModelFileWriter();
        var numbers = file.Section("numbers");
        file.Section("empty");
        numbers.WriteInt32(-7);
        numbers.WriteInt64(1L << 40);
        numbers.WriteSingle(1.5f);
        numbers.WriteDouble(Math.PI);
        numbers.WriteString("Zürich");
        numbers.WriteArray<short>([1, 2, 3]);
        return file.ToArray();
    }

    private static byte[] Signed(byte[] content) => [.. content, .. SHA256.HashData(content)];
}
