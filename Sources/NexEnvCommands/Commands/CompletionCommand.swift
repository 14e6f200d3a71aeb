import ArgumentParser
import NexEnv

/// `nexenv completion`.
struct CompletionCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell, with the services of the environment at hand.",
        discussion: """
            bash: source <(nexenv completion bash)
            zsh:  nexenv completion zsh > "${fpath[1]}/_nexenv"
            fish: nexenv completion fish > ~/.config/fish/completions/nexenv.fish
            """
    )

    /// The shells.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish
    }

    @OptionGroup var source: FileOption
    @OptionGroup var global: GlobalOptions

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() async throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        console.output(NexEnvCommand.completionScript(for: kind))
    }
}
