"""Devices: the machines and programs that someone is signed in with. (`auth.device` is a way to sign in.)"""
