using AnomalyApi.Platform.Configuration;
using AnomalyApi.Storage;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Security;

/// <summary>Makes the first admin key, so that nothing is ever open, and leaves it where only this user can read it.</summary>
internal sealed partial class FirstAdminKey(
    ApiKeyDirectory keys, IDbContextFactory<AnomalyDbContext> contexts, DataDirectory data, ILogger<FirstAdminKey> logger)
{
    public const string FileName = "admin.key";

    public string Path => data.File(FileName);

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.ApiKeys.AnyAsync(cancellationToken))
        {
            return;
        }

        var secret = ApiKeySecret.Create();
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // A file left by an earlier database may have other rights, and the mode is only applied to a new one.
        File.Delete(Path);
        await using (var writer = new StreamWriter(new FileStream(Path, options)))
        {
            await writer.WriteAsync(secret.Text);
        }

        // Stored last: a key in the database that nobody could read would lock everybody out for good.
        await keys.AddAsync(secret, "first admin key", [Roles.Admin], expiresAt: null, createdBy: "start", cancellationToken);
        LogMade(Path);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The first admin key was made; it is in {KeyFile}")]
    private partial void LogMade(string keyFile);
}
