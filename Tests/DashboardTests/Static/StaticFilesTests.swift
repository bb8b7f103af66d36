import Foundation
import Hummingbird
import Testing

@testable import Dashboard

@Suite struct StaticFilesTests {
    private func with(_ body: (TestDashboard, URL) async throws -> Void) async throws {
        try await withFolder { folder in
            let pages = folder.appendingPathComponent("web")
            let library = folder.appendingPathComponent("dygraphs")
            for (path, text) in [
                ("web/index.html", "<!doctype html>start"), ("web/assets/js/app.js", "start()"),
                ("web/assets/css/base.css", "body{}"), ("web/.hidden.css", "no"), ("web/notes.unknown", "no"),
                ("outside.css", "no"), ("dygraphs/dygraph.min.js", "Dygraph"), ("dygraphs/other.js", "no"),
                ("openapi.json", "{}"),
            ] {
                let file = folder.appendingPathComponent(path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(text.utf8).write(to: file)
            }
            try FileManager.default.createSymbolicLink(
                at: pages.appendingPathComponent("assets/link.css"),
                withDestinationURL: folder.appendingPathComponent("outside.css")
            )
            try await TestDashboard.with({ $0.web = WebFolder(pages: pages, dygraphs: library) }) {
                dashboard async throws in
                try await body(dashboard, pages)
            }
        }
    }

    @Test(arguments: [
        ("/", "text/html; charset=utf-8", "<!doctype html>start"),
        ("/index.html", "text/html; charset=utf-8", "<!doctype html>start"),
        ("/assets/js/app.js", "text/javascript; charset=utf-8", "start()"),
        ("/assets/css/base.css?v=1", "text/css; charset=utf-8", "body{}"),
        ("/machine/compressor-1", "text/html; charset=utf-8", "<!doctype html>start"),
        ("/vendor/dygraphs/dygraph.min.js", "text/javascript; charset=utf-8", "Dygraph"),
        ("/api/openapi.json", "application/json; charset=utf-8", "{}"),
    ])
    func filesHaveTheirTypes(path: String, type: String, text: String) async throws {
        try await with { dashboard, _ async throws in
            let answer = try await dashboard.ask(.get, path)
            #expect(answer.status == 200)
            #expect(answer.header("Content-Type") == type)
            #expect(answer.body == text)
            let head = try await dashboard.ask(.head, path)
            #expect(head.body.isEmpty)
            #expect(head.header("Content-Length") == "\(text.utf8.count)")
        }
    }

    @Test func filesAreRevalidated() async throws {
        try await with { dashboard, pages async throws in
            let first = try await dashboard.ask(.get, "/assets/js/app.js")
            let tag = try #require(first.header("ETag"))
            #expect(first.header("Cache-Control") == "no-cache")
            #expect(first.header("Last-Modified")?.hasSuffix(" GMT") == true)
            let again = try await dashboard.ask(.get, "/assets/js/app.js", headers: [.ifNoneMatch: "\"x\", \(tag)"])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            let since = try #require(first.header("Last-Modified"))
            #expect(
                try await dashboard.ask(.get, "/assets/js/app.js", headers: [.ifModifiedSince: since]).status == 304
            )
            try Data("changed()".utf8).write(to: pages.appendingPathComponent("assets/js/app.js"))
            let changed = try await dashboard.ask(.get, "/assets/js/app.js", headers: [.ifNoneMatch: tag])
            #expect(changed.status == 200)
            #expect(changed.body == "changed()")
        }
    }

    @Test(arguments: [
        "/../outside.css", "/%2e%2e/outside.css", "/assets/../../outside.css", "/assets/..%2f..%2foutside.css",
        "/assets%5c..%5c..%5coutside.css", "/.hidden.css", "/assets/link.css", "/notes.unknown", "/assets/js/",
        "/assets/js/app.js%00.css", "//etc/hosts.txt", "/vendor/dygraphs/other.js",
        "/vendor/dygraphs/..%2foutside.css", "/assets/nothing.js",
    ])
    func nothingOutsideTheFolderIsServed(path: String) async throws {
        try await with { dashboard, _ async throws in
            let answer = try await dashboard.ask(.get, path)
            #expect(answer.status == 404, "\(path): \(answer.body)")
            #expect(answer.body != "no")
        }
    }

    @Test func missingFoldersAreExplained() async throws {
        try await withFolder { folder in
            try await TestDashboard.with({
                $0.web = WebFolder(pages: nil, dygraphs: folder.appendingPathComponent("none"))
            }) { dashboard async throws in
                let page = try await dashboard.ask(.get, "/")
                #expect(page.status == 503)
                #expect(page.body.contains("AUSCULTA_WEB"))
                let library = try await dashboard.ask(.get, "/vendor/dygraphs/dygraph.min.js")
                #expect(library.status == 404)
                #expect(library.message.contains("apt-get install libjs-dygraphs"))
                #expect(try await dashboard.ask(.get, "/api/openapi.json").code == "no_description")
            }
        }
    }

    @Test func theFolderIsFoundBesideAndAboveTheProgram() async throws {
        try await withFolder { folder in
            let pages = folder.appendingPathComponent("Dashboards/web")
            try FileManager.default.createDirectory(at: pages, withIntermediateDirectories: true)
            try Data().write(to: pages.appendingPathComponent("index.html"))
            let program = folder.appendingPathComponent(".build/release/ausculta")
            let found = WebFolder.locate(environment: ["AUSCULTA_WEB": ""], program: program)
            #expect(found.places.contains("/usr/share/ausculta/Dashboards/web"))
            #expect(found.places.contains(pages.standardizedFileURL.path))
            let named = WebFolder.locate(environment: ["AUSCULTA_WEB": pages.path], program: program)
            #expect(named.pages?.path == pages.standardizedFileURL.path)
            let wrong = WebFolder.locate(environment: ["AUSCULTA_WEB": "/nowhere"], program: program)
            #expect(wrong.pages == nil)
        }
    }
}
