/// Whose server it is: both speak the REST API that they had in common when they parted.
package enum ElasticsearchFlavor: String, Sendable, CaseIterable {
    case elasticsearch
    case opensearch

    /// The user that every installation has.
    var user: String {
        switch self {
        case .elasticsearch: "elastic"
        case .opensearch: "admin"
        }
    }

    /// The version that is taken when the file names none; Elasticsearch's images have no tag for `8` alone.
    var version: String {
        switch self {
        case .elasticsearch: Elasticsearch.defaultVersion
        case .opensearch: "2"
        }
    }

    func image(_ version: String) -> String {
        switch self {
        case .elasticsearch: "elasticsearch:\(version)"
        case .opensearch: "opensearchproject/opensearch:\(version)"
        }
    }

    var dataFolder: String { "/usr/share/\(rawValue)/data" }

    /// What the image's entrypoint reads; names with dots are settings, as in elasticsearch.yml.
    ///
    /// Sources: "Install Elasticsearch with Docker" and "Security settings" of Elasticsearch 8, "Docker" and "Setting up a demo
    /// configuration" of OpenSearch 2. Without TLS, since a server on loopback would have a certificate that nobody knows.
    func variables(password: String, heap: String) -> [ContainerDescription.Variable] {
        let java = "-Xms\(heap) -Xmx\(heap)"
        return switch self {
        case .elasticsearch:
            [
                .init("ELASTIC_PASSWORD", password), .init("ES_JAVA_OPTS", java),
                .init("xpack.security.enabled", "true"), .init("xpack.security.http.ssl.enabled", "false"),
                .init("xpack.security.enrollment.enabled", "false"),
            ]
        case .opensearch:
            [
                .init("OPENSEARCH_INITIAL_ADMIN_PASSWORD", password), .init("OPENSEARCH_JAVA_OPTS", java),
                .init("plugins.security.ssl.http.enabled", "false"),
            ]
        }
    }

    /// What a password that we make has to have besides letters and digits: OpenSearch takes none without a special character.
    var passwordSuffix: String {
        switch self {
        case .elasticsearch: ""
        case .opensearch: "-aA1"
        }
    }
}
