using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Xml.Linq;
using Xunit;
using static System.FormattableString;

namespace AnomalyApi.Detection.Tests;

public sealed class DetectorOptionsTests
{
    public static TheoryData<string> Names { get; } = new(DetectorCatalog.All.Select(detector => detector.Name));

    [Theory, MemberData(nameof(Names))]
    public void The_documentation_states_the_range_and_default_that_hold(string detector)
    {
        var type = DetectorCatalog.Get(detector).OptionsType;
        var documentation = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
        var defaults = Activator.CreateInstance(type);
        foreach (var (option, range) in Ranges(type))
        {
            var name = $"P:{type.FullName}.{option.Name}";
            var member = documentation.Descendants("member").Single(found => found.Attribute("name")!.Value == name);
            var summary = member.Element("summary")!.Value;

            Assert.Contains(Invariant($"from {range.Minimum} to {range.Maximum}"), summary, StringComparison.Ordinal);
            Assert.Contains(Invariant($"default is {option.GetValue(defaults)}"), summary, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void An_option_out_of_range_is_refused_by_name(string name)
    {
        var descriptor = DetectorCatalog.Get(name);
        foreach (var (option, range) in Ranges(descriptor.OptionsType))
        {
            var options = Activator.CreateInstance(descriptor.OptionsType);
            var tooLow = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture) - 1;
            option.SetValue(options, Convert.ChangeType(tooLow, option.PropertyType, CultureInfo.InvariantCulture));

            var error = Assert.Throws<ArgumentException>(() => descriptor.Create(options));
            Assert.Contains(option.Name, error.Message, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(PropertyInfo Option, RangeAttribute Range)> Ranges(Type type) =>
        from property in type.GetProperties()
        let range = property.GetCustomAttribute<RangeAttribute>()
        where range is not null
        select (property, range);
}
