// The usual build, for a machine that reaches Maven Central and JetBrains' repositories: `gradle runIde` starts an IDE
// with the plugin in it, `gradle verifyPlugin` runs JetBrains' own checks. `make test` builds without it.
plugins {
    java
    id("org.jetbrains.intellij.platform") version "2.2.1"
}

version = "0.1.0"

repositories {
    mavenCentral()
    intellijPlatform { defaultRepositories() }
}

java {
    toolchain { languageVersion = JavaLanguageVersion.of(17) }
}

sourceSets {
    main {
        java.setSrcDirs(listOf("core/src/main/java", "plugin/src/main/java"))
        resources.setSrcDirs(listOf("plugin/src/main/resources"))
    }
    test { java.setSrcDirs(listOf("core/src/test/java")) }
}

dependencies {
    intellijPlatform {
        intellijIdeaCommunity("2023.3.8")
        pluginVerifier()
    }
    testImplementation("org.junit.jupiter:junit-jupiter:5.11.4")
    testRuntimeOnly("org.junit.platform:junit-platform-launcher")
}

tasks.withType<JavaCompile>().configureEach { options.compilerArgs.add("-Xlint:all") }

tasks.test {
    useJUnitPlatform()
    systemProperty("hivesync.spec", file("../spec").path)
}
