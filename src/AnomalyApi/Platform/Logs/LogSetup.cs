using System.Globalization;
using AnomalyApi.Platform.Configuration;
using Microsoft.AspNetCore.Connections;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace AnomalyApi.Platform.Logs;

/// <summary>Console logs through Serilog.</summary>
internal static class LogSetup
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    public static void AddLogs(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<LogOptions>("Logs");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(_ => new SerilogLoggerProvider(Create(builder.Configuration), dispose: true));
    }

    private static Serilog.Core.Logger Create(IConfiguration configuration)
    {
        // Read without the checks: an option that is wrong is reported by the options, which need a logger to fail with.
        var level = Enum.TryParse<LogEventLevel>(configuration["Logs:Level"], ignoreCase: true, out var chosen) ? chosen : LogEventLevel.Information;
        ITextFormatter formatter = string.Equals(configuration["Logs:Format"], "json", StringComparison.OrdinalIgnoreCase)
            ? new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture)
            : new MessageTemplateTextFormatter(Template, CultureInfo.InvariantCulture);
        return new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", AtLeast(LogEventLevel.Warning, level))
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", AtLeast(LogEventLevel.Information, level))
            // What EF cannot do it throws, and whoever catches it says so once; in an outage each poll would add a stack trace.
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Fatal)
            // Nothing here is protected by its keys.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", AtLeast(LogEventLevel.Error, level))
            .MinimumLevel.Override("Quartz", AtLeast(LogEventLevel.Warning, level))
            // Said in one plain sentence where the service ends; the host would add a stack trace.
            .Filter.ByExcluding(line => line.Exception is ConfigurationException or IOException { InnerException: AddressInUseException })
            // A console that is read slowly must not slow down requests: lines beyond the buffer are dropped.
            .WriteTo.Async(sinks => sinks.Console(formatter), bufferSize: 10_000)
            .CreateLogger();
    }

    // A source may be quieter than the rest, never louder.
    private static LogEventLevel AtLeast(LogEventLevel own, LogEventLevel level) => own > level ? own : level;
}
