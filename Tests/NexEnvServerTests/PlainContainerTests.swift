import Foundation
import PostgresClient
import Testing

/// Containers of any image, as compose would run them.
@Suite(.waitsForSlots)
struct PlainContainerTests {
    @Test("command, environment, volumes, ports, health and order", .docker)
    func everything() async throws {
        try await ProjectFixture.with("plain") { project in
            try project.write("site/index.html", "hello from here\n")
            try project.environment(
                """
                defaults: { durability: none }
                services:
                  pg: { engine: postgres, databases: { one: { owner: boss } } }
                  job:
                    image: \(Self.postgres)
                    entrypoint: [sh, -c]
                    command: ['sleep 1; psql "$URL" -c "CREATE TABLE done AS SELECT 1 AS n"']
                    environment: { URL: "${url:pg.one}" }
                    depends_on: { pg: { condition: service_healthy } }
                  web:
                    image: busybox:1
                    command: [sh, -c, 'echo "$GREETING" > /state/greeting; exec httpd -f -p 8080 -h /site']
                    environment: [ "GREETING=it's $$5" ]
                    volumes: ["./site:/site:ro", "state:/state"]
                    ports: ["auto:8080"]
                    healthcheck: { test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:8080/"], interval: 1s }
                    depends_on: { job: { condition: service_completed_successfully } }
                """
            )
            let up = try await project.nexenv("up", "--json").json
            #expect(up["services"].elements.compactMap { $0["state"].text } == ["ready", "finished", "ready"])
            #expect(try await project.value("SELECT n FROM done", "pg.one") == "1")
            let docker = try await DockerView.of(project)
            let finished = try await DockerView.inspect(docker.container("job"), "{{.State.FinishedAt}}")
            let started = try await DockerView.inspect(docker.container("web"), "{{.State.StartedAt}}")
            #expect(finished < started)
            let port = try #require(try await project.nexenv("ports", "--json").json["web/8080"].number)
            let page = try await Program.run("python3", ["-c", Self.fetch, "http://127.0.0.1:\(port)/index.html"])
            #expect(page.output == "hello from here\n", "\(page)")
            #expect(try await project.nexenv("exec", "web", "cat", "/state/greeting").output == "it's $$5\n")
            try await project.nexenv("exec", "web", "touch", "/site/x", status: 1)
            try await project.nexenv("status", "--exit-code")
            // The job has done its work: it isn't done again.
            #expect(try await project.nexenv("up").error.contains("nothing to do"))
            #expect(try await DockerView.inspect(docker.container("job"), "{{.State.FinishedAt}}") == finished)
            // A volume that the user named goes with everything, not with one service.
            try await project.nexenv("down", "web", "--volumes", "--yes")
            #expect(try await DockerView.of(project).volumes.count == 2)
            try await project.nexenv("down", "--volumes", "--yes")
            #expect(try await DockerView.of(project).volumes.isEmpty)
        }
    }

    @Test("servers are alone until somebody looks for them, and find each other then", .docker)
    func network() async throws {
        try await ProjectFixture.with("names") { project in
            let pg = "services:\n  pg: { engine: postgres, durability: none, databases: { one: {} } }\n"
            try project.environment(pg)
            try await project.nexenv("up")
            let before = try await DockerView.of(project)
            #expect(before.networks.isEmpty)
            let url = try await project.url("pg.one")
            try project.environment(
                pg + """
                      app:
                        image: busybox:1
                        command: [sleep, "600"]
                        environment: { DATABASE: "${host:pg}:${port:pg}" }
                    """
            )
            try await project.nexenv("up")
            let after = try await DockerView.of(project)
            #expect(after.networks.count == 1)
            #expect(after.container("pg")?.id == before.container("pg")?.id)
            #expect(try await project.url("pg.one") == url)
            let script = "echo $DATABASE; nc pg 5432 </dev/null && echo yes"
            let reach = try await project.nexenv("exec", "app", "sh", "-c", script)
            #expect(reach.output == "pg:5432\nyes\n", "\(reach)")
            // Whoever is made now joins, although nobody who is made now looks for names.
            try await project.nexenv("down", "pg")
            try await project.nexenv("up", "pg")
            try await project.nexenv("exec", "app", "sh", "-c", "nc pg 5432 </dev/null")
            try await project.nexenv("down")
            #expect(try await DockerView.of(project).networks.isEmpty)
        }
    }

    @Test("a job that fails stops what waits for it", .docker)
    func failingJob() async throws {
        try await ProjectFixture.with("badjob") { project in
            try project.environment(
                """
                services:
                  job: { image: "busybox:1", command: [sh, -c, "echo no luck; sleep 1; exit 3"] }
                  web:
                    image: busybox:1
                    command: [sleep, "600"]
                    depends_on: { job: { condition: service_completed_successfully } }
                """
            )
            let up = try await project.nexenv("up", status: 1)
            #expect(up.error.contains("job: it ended with status 3") && up.error.contains("no luck"), "\(up)")
            #expect(try await DockerView.of(project).container("web") == nil)
        }
    }

    private static let postgres = "postgres:17"

    private static let fetch =
        "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode(), end='')"

    @Test("a container that dies at once is not ready, and its port is its own", .docker)
    func diesAtOnce() async throws {
        try await ProjectFixture.with("diesatonce") { project in
            try project.environment("services:\n  job: { image: busybox:1, command: [sh, -c, 'echo no luck; exit 3'] }")
            let up = try await project.nexenv("up", status: 1)
            #expect(up.error.contains("job: it ended with status 3") && up.error.contains("no luck"), "\(up)")
            try project.environment(
                """
                services:
                  a: { image: busybox:1, command: [sleep, "600"], ports: ["auto:8000"] }
                  b: { image: busybox:1, command: [sleep, "600"], environment: { A: "${host:a}:${port:a}" } }
                """
            )
            try await project.nexenv("up")
            #expect(try await project.nexenv("exec", "b", "sh", "-c", "echo $A").output == "a:8000\n")
            // Stopped and started again it is the same container, whatever was done in it.
            try await project.nexenv("exec", "a", "touch", "/mark")
            try await project.nexenv("stop")
            try await project.nexenv("start")
            try await project.nexenv("exec", "a", "ls", "/mark")
        }
    }

    @Test("pgAdmin: the login works, and the servers are in its list", .docker)
    func pgAdmin() async throws {
        try await ProjectFixture.with("pgadmin") { project in
            try project.environment(
                """
                defaults: { durability: none, ready_timeout: 90s }
                services:
                  pg: { engine: postgres, databases: { one: {} } }
                  other: { engine: postgres }
                  admin: { engine: pgadmin, email: me@nexenv.local, servers: [pg, other] }
                """
            )
            try await project.nexenv("up")
            let kept = try String(contentsOfFile: project.folder + "/.nexenv/secrets.env", encoding: .utf8)
            let line = try #require(kept.split(separator: "\n").first { $0.hasPrefix("_admin.") })
            let password = String(line.drop { $0 != "=" }.dropFirst())
            try project.write("login.py", Self.login)
            let url = try await project.url("admin")
            let run = try await Program.run(
                "python3",
                ["login.py", url, "me@nexenv.local", password],
                folder: project.folder
            )
            #expect(run.status == 0 && run.output.contains("other") && run.output.contains("pg"), "\(run)")
            let wrong = try await Program.run(
                "python3",
                ["login.py", url, "me@nexenv.local", "wrong"],
                folder: project.folder
            )
            #expect(wrong.status != 0, "\(wrong)")
        }
    }

    private static let login = """
        import http.cookiejar, json, re, sys, urllib.parse, urllib.request
        base, email, password = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        page = opener.open(base + "/login").read().decode()
        token = re.search(r'csrfToken"?:\\s*"([^"]+)"', page) or re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"csrf_token": token.group(1), "email": email, "password": password, "internal_button": "Login"}
        opener.open(base + "/authenticate/login", urllib.parse.urlencode(form).encode())
        script = opener.open(base + "/browser/js/utils.js").read().decode()
        token = re.search(r"pgAdmin\\['csrf_token'\\]\\s*=\\s*'([^']+)'", script).group(1)
        def get(path):
            request = urllib.request.Request(base + path, headers={"X-pgA-CSRFToken": token})
            return json.load(opener.open(request))
        groups = get("/browser/nodes/")["data"]
        names = [server["label"] for group in groups for server in get("/browser/server_group/children/%s" % group["_id"])["data"]]
        print(json.dumps(names))
        """
}
