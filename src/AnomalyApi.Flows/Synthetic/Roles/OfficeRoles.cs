namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>Everybody who works in the office. To add a role, add its class and its line here.</summary>
internal static class OfficeRoles
{
    public static readonly OfficeRole[] All =
    [
        new Workstations(),
        new Guests(),
        new Admins(),
        new Devices(),
        new Visitors(),
        new MailExchange(),
        new ServerUpkeep(),
        new Monitoring(),
        new Backups(),
        new Updates(),
    ];
}
