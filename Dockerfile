# One image for each program: docker build --build-arg PROJECT=Platform.Api . (or Platform.Silo, Platform.Server)
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG PROJECT
WORKDIR /source
COPY . .
# An entry point takes no argument of the build: the executable gets one name in all images. It finds its program by what is written in it.
RUN dotnet publish "$(find api server silo -name "$PROJECT.csproj")" -c Release --nologo -o /app && mv "/app/$PROJECT" /app/platform && mkdir /empty

# No shell, no package manager, not root; with ICU, which names and passwords are normalised by.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=$APP_UID /empty /data
USER $APP_UID
ENTRYPOINT ["/app/platform"]
