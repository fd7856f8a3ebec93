rootProject.name = "hivesync"
