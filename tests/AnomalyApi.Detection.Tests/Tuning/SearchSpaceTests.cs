using System.ComponentModel.DataAnnotations;
using AnomalyApi.Detection.Tuning;
using Xunit;

namespace AnomalyApi.Detection.Tests.Tuning;

public sealed class SearchSpaceTests
{
    public static TheoryData<string> Names { get; } = new(DetectorCatalog.All.Select(detector => detector.Name));

    private static SearchSpace Space { get; } = SearchSpace.Of(DetectorDescriptor.For<SomeOptions>("some", _ => null!, _ => null!));

    [Fact]
    public void Narrow_ranges_are_searched_evenly_and_wide_ones_by_orders_of_magnitude_around_the_default()
    {
        Assert.Equal((0.0, 0.5, false), Range("Share"));
        Assert.Equal((2.0, 20.0, false), Range("Depth"));
        Assert.Equal((12.5, 800.0, true), Range("Trees"));
        Assert.Equal((0.00125, 0.08, true), Range("Rate"));

        static (double, double, bool) Range(string name) => (Parameter(name).Minimum, Parameter(name).Maximum, Parameter(name).IsLogarithmic);
    }

    [Fact]
    public void Choices_are_the_members_of_an_enumeration_and_both_answers_of_a_question()
    {
        Assert.Equal([false, true], Parameter("IsRobust").Choices!);
        Assert.Equal([DayOfWeek.Sunday, DayOfWeek.Monday], Parameter("Day").Choices!.Take(2));
    }

    [Fact]
    public void What_nobody_declared_is_left_alone()
    {
        Assert.DoesNotContain(Space.Parameters, parameter => parameter.Name is "Automatic" or "Name" or "Free" or "Product");
    }

    [Fact]
    public void Values_are_spread_over_the_range()
    {
        Assert.Equal([2, 11, 20], Parameter("Depth").Grid(3));

        // 12.5 x 64^(1/2) = 100; the ends are whole numbers inside the range.
        Assert.Equal([12, 100, 800], Parameter("Trees").Grid(3));
        Assert.Equal(0.25, Parameter("Share").At(0.5));
        Assert.Equal(true, Parameter("IsRobust").At(0.9));
    }

    [Fact]
    public void A_space_can_be_changed_option_by_option()
    {
        Assert.Equal(["Depth"], Space.Only("Depth").Parameters.Select(parameter => parameter.Name));
        Assert.DoesNotContain(Space.Without("Depth").Parameters, parameter => parameter.Name == "Depth");
        Assert.Equal(5, Space.WithRange("Automatic", 1, 9).Parameters.Single(parameter => parameter.Name == "Automatic").At(0.5));
        Assert.Equal(["a", "b"], Space.WithChoices("Name", "a", "b").Parameters.Single(parameter => parameter.Name == "Name").Choices!);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Space.Only("Dept"));
        Assert.Contains("'Dept' is not one of: ", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Space.WithRange("Name", 1, 2));
        Assert.Throws<ArgumentException>(() => Space.WithRange("Depth", 3, 2));
        Assert.Throws<ArgumentException>(() => Space.WithRange("Depth", 0, 2, isLogarithmic: true));
        Assert.Throws<ArgumentException>(() => Space.WithChoices("Depth"));
        Assert.Throws<ArgumentException>(() => Space.WithChoices("Depth", "deep"));
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_detector_takes_what_its_space_offers(string name)
    {
        var descriptor = DetectorCatalog.Get(name);
        var space = SearchSpace.Of(descriptor);
        var defaults = Activator.CreateInstance(descriptor.OptionsType)!;

        // One option at a time: some ends do not go together.
        foreach (var parameter in space.Parameters)
        {
            foreach (var value in parameter.Grid(5))
                Assert.NotNull(descriptor.Create(space.Configure(defaults, new Dictionary<string, object?> { [parameter.Name] = value })));
        }
    }

    private static SearchParameter Parameter(string name) => Space.Parameters.Single(parameter => parameter.Name == name);

    private sealed record SomeOptions
    {
        [Range(0, 0.5)]
        public double Share { get; init; } = 0.1;

        [Range(2, 20)]
        public int? Depth { get; init; } = 6;

        [Range(1, 1000)]
        public int Trees { get; init; } = 100;

        [Range(0.001, 1.0)]
        public double Rate { get; init; } = 0.01;

        [Range(0, 1000)]
        public int Automatic { get; init; }

        public bool IsRobust { get; init; }

        public DayOfWeek Day { get; init; }

        public string Name { get; init; } = "a";

        public int Free { get; init; } = 3;

        public int Product => Trees * Free;
    }
}
