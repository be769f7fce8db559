# syntax=docker/dockerfile:1
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# The project files alone first: packages are restored again only when one of these changes.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/AnomalyApi.Detection/*.csproj src/AnomalyApi.Detection/
COPY src/AnomalyApi.Flows/*.csproj src/AnomalyApi.Flows/
COPY src/AnomalyApi.Storage/*.csproj src/AnomalyApi.Storage/
COPY src/AnomalyApi/*.csproj src/AnomalyApi/
# For this machine's processor only: SQLite brings 65 MB of libraries for all the others.
RUN dotnet restore src/AnomalyApi --use-current-runtime

COPY src/ src/
RUN dotnet publish src/AnomalyApi -c Release --no-restore --use-current-runtime --no-self-contained -p:UseAppHost=false -o /app \
    && mkdir /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# The service runs as the user that the base image names, and /data is all it may write to.
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
VOLUME /data
USER $APP_UID
# The port of the base image would only bring a warning that ours is taken instead, and without Kerberos in it each start would
# complain of a missing library (https://github.com/npgsql/npgsql/issues/6360).
ENV ASPNETCORE_HTTP_PORTS="" \
    PGGSSENCMODE=disable \
    ANOMALY_urls=http://0.0.0.0:8080 \
    ANOMALY_DataDirectory=/data
EXPOSE 8080
# The image has no curl; the service asks itself.
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s --retries=3 \
    CMD ["dotnet", "AnomalyApi.dll", "health"]
ENTRYPOINT ["dotnet", "AnomalyApi.dll"]
