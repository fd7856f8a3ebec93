"""What can't be previewed, how it is recognised, and why not: tables only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind of project that can't be shown. `components` says whether one file of it still can."""

    name: str
    reason: str
    components: bool = False


_OWN_COMPILER = "its files need its own compiler, which the preview does not run"
_SERVER = "it renders on its own server, which the preview does not run"
_NATIVE = "it is compiled for the device, and a preview runs in the phone's browser"

FOREIGN_PACKAGES: dict[str, Foreign] = {
    "nuxt": Foreign("a Nuxt app", _SERVER),
    "vue": Foreign("a Vue app", _OWN_COMPILER),
    "@sveltejs/kit": Foreign("a SvelteKit app", _SERVER),
    "svelte": Foreign("a Svelte app", _OWN_COMPILER),
    "solid-js": Foreign("a Solid app", _OWN_COMPILER),
    "@builder.io/qwik": Foreign("a Qwik app", _OWN_COMPILER),
    "@angular/core": Foreign("an Angular app", _OWN_COMPILER),
    "astro": Foreign("an Astro site", _OWN_COMPILER),
    "ember-source": Foreign("an Ember app", _OWN_COMPILER),
    "next": Foreign("a Next.js app", _SERVER, components=True),
    "gatsby": Foreign("a Gatsby site", _SERVER, components=True),
    "@remix-run/react": Foreign("a Remix app", _SERVER, components=True),
    "@react-router/dev": Foreign("a React Router framework app", _SERVER, components=True),
    "react-scripts": Foreign(
        "a Create React App project",
        "its index.html names no script; one made by `npm create vite` does",
        components=True,
    ),
    "@nativescript/core": Foreign("a NativeScript app", _NATIVE),
}

FOREIGN_FILES: dict[str, Foreign] = {
    "pubspec.yaml": Foreign("a Flutter or Dart project", _NATIVE),
    "*.xcodeproj": Foreign("an Xcode (Swift or Objective-C) project", _NATIVE),
    "*.xcworkspace": Foreign("an Xcode (Swift or Objective-C) project", _NATIVE),
    "Package.swift": Foreign("a Swift package", _NATIVE),
    "build.gradle": Foreign("an Android (Kotlin or Java) project", _NATIVE),
    "build.gradle.kts": Foreign("an Android (Kotlin or Java) project", _NATIVE),
    "settings.gradle*": Foreign("an Android (Kotlin or Java) project", _NATIVE),
    "*.sln": Foreign("a .NET project", _NATIVE),
    "*.csproj": Foreign("a .NET project", _NATIVE),
    "Cargo.toml": Foreign("a Rust project", _NATIVE),
}

FOREIGN_SUFFIXES: dict[str, Foreign] = {
    ".vue": Foreign("a Vue component", _OWN_COMPILER),
    ".svelte": Foreign("a Svelte component", _OWN_COMPILER),
    ".astro": Foreign("an Astro page", _OWN_COMPILER),
    ".dart": Foreign("a Dart file (Flutter)", _NATIVE),
    ".swift": Foreign("a Swift file", _NATIVE),
    ".kt": Foreign("a Kotlin file", _NATIVE),
    ".java": Foreign("a Java file", _NATIVE),
}
