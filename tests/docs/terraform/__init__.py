"""The Terraform in docs/, held to what the providers have and to what infra/ does."""
