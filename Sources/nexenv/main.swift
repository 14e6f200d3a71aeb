import NexEnvCommands

await NexEnvMain.run()
