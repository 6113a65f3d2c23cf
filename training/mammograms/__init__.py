"""What both mammogram recipes share: films with the places of their lesions, prepared, augmented, learned from."""
